import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { answer, api, queries } from "../api.ts";
import { useWords } from "../words/index.ts";
import { Diff } from "./diff.tsx";
import { Button } from "./fields.tsx";
import { Trouble } from "./notices.tsx";

/**
 * What was changed there by hand: shown when somebody wants to see it, put right, or taken into the record, where it can be
 * looked at before it is stated.
 */
export function Drift({ host }: { readonly host: string }) {
  const { drift: words } = useWords();
  const [, go] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState<Error>();
  const path = { name: host };
  const plan = useQuery({
    queryKey: ["drift", host],
    queryFn: () => answer(api.GET("/v1/hosts/{name}/plan", { params: { path } })),
    enabled: isOpen,
    retry: false,
  });
  const doing = (work: () => Promise<unknown>) => {
    setError(undefined);
    void work().catch(setError);
  };
  const restore = () =>
    doing(async () => {
      await answer(api.POST("/v1/hosts/{name}/restore", { params: { path } }));
      await queries.invalidateQueries();
    });
  const take = (file: string) =>
    doing(async () => {
      const record = await answer(api.POST("/v1/hosts/{name}/edits", { params: { path }, body: { path: file } }));
      const ref = `${record.kind}/${record.name}`;
      queries.setQueryData(["taken", ref], record);
      go(`/records/${ref}`);
    });
  const problem = error ?? plan.error;
  return (
    <>
      <Button look="quiet" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
        {words.show}
      </Button>
      {problem && <Trouble error={problem} />}
      {isOpen && plan.data && (
        <>
          <h3>{words.title}</h3>
          {plan.data.changes.length === 0 && <p>{words.none}</p>}
          {plan.data.changes.map(({ name, type, before = "", after = "", drift }) => (
            <div key={`${type} ${name}`}>
              {type} {name} <span className="dim">{drift}</span>
              <Diff before={before} after={after} name={name} />
              {drift !== undefined && type === "file" && (
                <Button aria-label={`${words.take}: ${name}`} onPress={() => take(name)}>
                  {words.take}
                </Button>
              )}
            </div>
          ))}
          {plan.data.changes.length > 0 && (
            <>
              <p className="help">{words.yours}</p>
              <Button onPress={restore}>{words.restore}</Button>
            </>
          )}
        </>
      )}
    </>
  );
}
