import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Link } from "wouter";
import { answer, api } from "../api.ts";
import { Button, TextField } from "../parts/fields.tsx";
import { Empty, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { StatedDiff } from "../parts/stated-diff.tsx";
import { ago, useWords } from "../words/index.ts";

const pageSize = 50;

/** Who has changed what, with what it was before. */
export default function Audit() {
  const words = useWords();
  const { events, editor, resources } = words;
  const [ref, setRef] = useState("");
  const sought = useDeferredValue(ref.trim());
  const log = useInfiniteQuery({
    queryKey: ["audit", sought],
    initialPageParam: 0,
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/v1/audit", {
          params: {
            query: { limit: pageSize, ...(sought && { ref: sought }), ...(pageParam > 0 && { before: pageParam }) },
          },
        }),
      ),
    getNextPageParam: (page) => (page.length < pageSize ? undefined : page.at(-1)?.number),
    placeholderData: (before) => before,
  });
  const entries = log.data?.pages.flat() ?? [];
  return (
    <>
      <Title>{events.log}</Title>
      <p>{events.logSays}</p>
      <TextField
        label={`${resources.kind}/${resources.name}`}
        help="Site/shop.example.com"
        type="search"
        value={ref}
        onChange={setRef}
      />
      {log.error && <Trouble error={log.error} retry={() => void log.refetch()} />}
      {log.isLoading && <Waiting />}
      {log.data && entries.length === 0 && <Empty title={resources.none}>{resources.noneSays}</Empty>}
      <ol className="rows">
        {entries.map((entry) => (
          <li key={entry.number}>
            <time dateTime={new Date(entry.at).toISOString()}>{ago(words, entry.at)}</time> {entry.actor}{" "}
            {entry.after === undefined ? editor.deleted : editor.stated}{" "}
            {/^(Host|Tenant|Account)\//.test(entry.ref) ? (
              <strong>{entry.ref}</strong>
            ) : (
              <Link href={`/records/${entry.ref}`}>{entry.ref}</Link>
            )}{" "}
            <span className="dim">
              {entry.cause} {entry.tenant}
            </span>
            <StatedDiff {...entry} />
          </li>
        ))}
      </ol>
      {log.hasNextPage && (
        <Button onPress={() => void log.fetchNextPage()} isDisabled={log.isFetchingNextPage}>
          {events.older}
        </Button>
      )}
    </>
  );
}
