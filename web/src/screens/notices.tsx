import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import { answer, api, queries } from "../api.ts";
import { Empty, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { ago, useWords } from "../words/index.ts";

/** What one has been told; whoever looks has read it. */
export default function Notices() {
  const words = useWords();
  const { notices, nav } = words;
  const { data, error, refetch } = useQuery({
    queryKey: ["notices"],
    queryFn: () => answer(api.GET("/v1/me/notices", { params: { query: { limit: 50 } } })),
  });
  const newest = data?.find(({ isRead }) => !isRead)?.id;
  useEffect(() => {
    // What was new when one came stays marked until one goes.
    if (newest === undefined) return;
    return () => {
      void answer(api.PUT("/v1/me/notices/read", { body: { upTo: newest } })).then(() =>
        queries.invalidateQueries({ queryKey: ["notices"] }),
      );
    };
  }, [newest]);
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <Title actions={<Link href="/account">{nav.account}</Link>}>{notices.title}</Title>
      {data.length === 0 ? (
        <Empty title={notices.none}>{notices.noneSays}</Empty>
      ) : (
        <ol className="rows events">
          {data.map(({ id, at, is, sentence, says, what, host, isRead }) => (
            <li key={id}>
              <time dateTime={new Date(at).toISOString()}>{ago(words, at)}</time>
              <div>
                <span className={isRead ? "" : "unread"}>
                  {/^[A-Z]\w*\/\S+$/.test(what) ? <Link href={`/records/${what}`}>{sentence}</Link> : sentence}
                </span>{" "}
                <span className="dim">{host}</span>
                {is !== "live" && says !== "" && <pre>{says}</pre>}
              </div>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
