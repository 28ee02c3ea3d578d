import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { answer, api } from "../api.ts";
import { EventList } from "../parts/event-list.tsx";
import { Figures } from "../parts/figures.tsx";
import { Empty, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { State } from "../parts/state.tsx";
import { useMayState } from "../session.tsx";
import { useWords } from "../words/index.ts";

/** Is everything well? */
export default function Overview() {
  const { overview: words, resources } = useWords();
  const mayState = useMayState();
  const { data, error, refetch } = useQuery({
    queryKey: ["overview"],
    queryFn: () => answer(api.GET("/v1/overview")),
    refetchInterval: 30_000,
  });
  const events = useQuery({
    queryKey: ["recent", 8],
    queryFn: () => answer(api.GET("/v1/events/recent", { params: { query: { limit: 8 } } })),
  });
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const away = data.hosts?.away ?? [];
  const isWell = data.troubles.length === 0 && away.length === 0;
  const link = (ref: string) => <Link href={`/records/${ref}`}>{ref}</Link>;
  return (
    <>
      <Title>{words.title}</Title>
      {data.resources === 0 ? (
        <Empty
          title={words.empty}
          action={
            mayState && (
              <Link href="/records/new" className="button main">
                {resources.new}
              </Link>
            )
          }
        >
          {words.emptySays}
        </Empty>
      ) : (
        <section className={`verdict ${isWell ? "good" : "bad"}`} aria-live="polite">
          <h2>{isWell ? words.well : words.troubles(data.troubles.length + away.length)}</h2>
          {isWell && <p>{words.wellSays(data.counts.Applied ?? 0)}</p>}
        </section>
      )}
      {data.troubles.length > 0 && (
        <ul className="rows">
          {data.troubles.map(({ ref, host, state, message }) => (
            <li key={`${ref} ${host}`}>
              <State state={state} /> {link(ref)} <span className="dim">{host}</span>
              <pre>{message}</pre>
            </li>
          ))}
        </ul>
      )}
      {away.length > 0 && (
        <section>
          <h2>{words.away}</h2>
          <ul className="rows">
            {away.map((host) => (
              <li key={host}>
                <Link href="/hosts">{host}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {data.pending.length > 0 && (
        <section>
          <h2>{words.pending}</h2>
          <ul className="rows">
            {data.pending.map(({ ref, host, message }) => (
              <li key={`${ref} ${host}`}>
                <State state="Pending" /> {link(ref)} <span className="dim">{host}</span> {message}
              </li>
            ))}
          </ul>
        </section>
      )}
      {data.hosts && data.hosts.all > 0 && <Figures />}
      {events.data && events.data.items.length > 0 && (
        <section>
          <h2>{words.lately}</h2>
          <EventList events={events.data.items} />
        </section>
      )}
    </>
  );
}
