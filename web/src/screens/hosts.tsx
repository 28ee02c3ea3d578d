import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api.ts";
import { Drift } from "../parts/drift.tsx";
import { Machine } from "../parts/machine.tsx";
import { Empty, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { State } from "../parts/state.tsx";
import { ago, useWords } from "../words/index.ts";

/** The estate's hosts, and how each is. */
export default function Hosts() {
  const words = useWords();
  const { hosts } = words;
  const { data, error, refetch } = useQuery({
    queryKey: ["hosts"],
    queryFn: () => answer(api.GET("/v1/hosts")),
    refetchInterval: 10_000,
  });
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <Title>{hosts.title}</Title>
      {data.length === 0 ? (
        <Empty title={hosts.none}>{hosts.noneSays}</Empty>
      ) : (
        <ul className="cards">
          {data.map(({ name, present, joined, labels, os, version, generation, seenAt, conditions }) => (
            <li key={name} className="card">
              <h2>{name}</h2>
              <p className={present ? "good" : "bad"}>
                {present ? hosts.here : joined ? hosts.away : hosts.neverJoined}
              </p>
              <p className="dim">
                {[os, version && `Upkeep ${version}`, generation !== undefined && `${hosts.generation} ${generation}`]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
              <p>
                {Object.entries(labels).map(([key, value]) => (
                  <span key={key} className="label">
                    {key}={value}
                  </span>
                ))}
              </p>
              <ul className="inline">
                {Object.entries(conditions).map(([state, count]) => (
                  <li key={state}>
                    {count} <State state={state} />
                  </li>
                ))}
              </ul>
              {present && <Machine host={name} />}
              {present && <Drift host={name} />}
              {!present && seenAt !== undefined && (
                <p className="dim">
                  {hosts.seen}: {ago(words, seenAt)}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
