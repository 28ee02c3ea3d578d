import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type AuditEntry, answer, api, queries } from "../api.ts";
import { ago, useWords } from "../words/index.ts";
import { Button } from "./fields.tsx";
import { Notice, Trouble } from "./notices.tsx";
import { StatedDiff } from "./stated-diff.tsx";

/** What a record has been, by whom, and back to it with one click. */
export function History({
  kind,
  name,
  revision,
  mayChange,
}: {
  readonly kind: string;
  readonly name: string;
  readonly revision: number;
  readonly mayChange: boolean;
}) {
  const words = useWords();
  const { editor } = words;
  const [error, setError] = useState<Error>();
  const [done, setDone] = useState(false);
  const path = { kind, name };
  const { data = [] } = useQuery({
    queryKey: ["history", kind, name, revision],
    queryFn: () => answer(api.GET("/v1/resources/{kind}/{name}/history", { params: { path, query: { limit: 20 } } })),
    retry: false,
  });
  if (data.length === 0) return null;
  async function back({ number }: AuditEntry) {
    setError(undefined);
    try {
      await answer(api.POST("/v1/resources/{kind}/{name}/rollback", { params: { path }, body: { to: number } }));
      setDone(true);
      await queries.invalidateQueries();
    } catch (refused) {
      setError(refused as Error);
    }
  }
  return (
    <section className="card">
      <h2>{editor.history}</h2>
      {error && <Trouble error={error} />}
      {done && <Notice look="good">{editor.rolledBack}</Notice>}
      <ol className="rows">
        {data.map((entry, index) => (
          <li key={entry.number}>
            <time dateTime={new Date(entry.at).toISOString()}>{ago(words, entry.at)}</time> {entry.actor}{" "}
            {entry.after === undefined ? editor.deleted : editor.stated}{" "}
            {mayChange && entry.after !== undefined && (index > 0 || revision === 0) && (
              <Button look="quiet" onPress={() => void back(entry)}>
                {editor.rollBack}
              </Button>
            )}
            <StatedDiff {...entry} />
          </li>
        ))}
      </ol>
    </section>
  );
}
