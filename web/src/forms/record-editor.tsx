import { useQuery } from "@tanstack/react-query";
import { dump, load } from "js-yaml";
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { answer, api, type HostPlan, queries, Refused, type Resource } from "../api.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Button, Select, TextField } from "../parts/fields.tsx";
import { History } from "../parts/history.tsx";
import { Notice, Trouble } from "../parts/notices.tsx";
import { Plans } from "../parts/plans.tsx";
import { Title } from "../parts/shell.tsx";
import { State } from "../parts/state.tsx";
import { useMe } from "../session.tsx";
import { ago, useWords } from "../words/index.ts";
import type { Schema } from "./schema.ts";
import { SchemaForm } from "./schema-form.tsx";

/** A record as it is being edited. */
interface Draft {
  readonly kind: string;
  readonly name: string;
  readonly tenant: string;
  readonly host: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

const draftOf = (stored: Resource | undefined, tenants: readonly string[]): Draft => ({
  kind: stored?.kind ?? "Site",
  name: stored?.name ?? "",
  tenant: stored?.tenant ?? (stored === undefined && tenants.length === 1 ? tenants[0]! : ""),
  host: stored?.placement?.host ?? "",
  spec: stored?.spec ?? {},
});

/** What somebody has changed by hand on a host, and wants to be stated; asked for once. */
function takenFor({ kind, name }: Draft): Partial<Draft> {
  const key = ["taken", `${kind}/${name}`];
  const taken = queries.getQueryData<Pick<Draft, "spec">>(key);
  queries.removeQueries({ queryKey: key });
  return taken ? { spec: taken.spec } : {};
}

/** A form and its text; either follows the other. What would change is shown before anything is saved. */
export function RecordEditor({ stored }: { readonly stored: Resource | undefined }) {
  const words = useWords();
  const { editor, resources } = words;
  const { rights } = useMe();
  const [, go] = useLocation();
  const original = useMemo(() => draftOf(stored, Object.keys(rights.tenants)), [stored, rights.tenants]);
  const [draft, setDraft] = useState(() => ({ ...original, ...takenFor(original) }));
  /** What was there when editing began; what others save meanwhile is found out by its number. */
  const [base, setBase] = useState(original);
  const [seen, setSeen] = useState(stored?.revision ?? 0);
  const [text, setText] = useState<string>();
  const [yamlProblem, setYamlProblem] = useState<string>();
  const [plans, setPlans] = useState<readonly HostPlan[]>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const [done, setDone] = useState("");
  const kinds = useQuery({ queryKey: ["kinds"], queryFn: () => answer(api.GET("/v1/kinds")), staleTime: 600_000 });
  const tenants = useQuery({ queryKey: ["tenants"], queryFn: () => answer(api.GET("/v1/tenants")) });
  const isChanged = JSON.stringify(draft) !== JSON.stringify(base);
  const isOthers = stored !== undefined && stored.revision > seen;
  const follow = (record: Resource) => {
    setBase(original);
    setDraft(original);
    setSeen(record.revision);
    setText(undefined);
    setYamlProblem(undefined);
    setPlans(undefined);
  };
  // What nobody is editing follows what is stored.
  if (isOthers && !isChanged) follow(stored);
  const mayChange = stored?.mayChange ?? true;
  const schema = kinds.data?.find(({ name }) => name === draft.kind)?.schema as Schema | undefined;
  const problems = useMemo(() => problemsOf(error), [error]);

  const set = (change: Partial<Draft>) => {
    setDraft({ ...draft, ...change });
    setPlans(undefined);
    setDone("");
    if (!("spec" in change) || change.spec !== undefined) setText(undefined);
  };
  const yaml = text ?? (Object.keys(draft.spec).length === 0 ? "" : dump(draft.spec, { lineWidth: 100 }));
  function type(typed: string) {
    setText(typed);
    setPlans(undefined);
    setDone("");
    try {
      const spec = typed.trim() === "" ? {} : load(typed);
      if (typeof spec !== "object" || spec === null || Array.isArray(spec)) throw new Error("root: value");
      setDraft({ ...draft, spec: spec as Draft["spec"] });
      setYamlProblem(undefined);
    } catch (problem) {
      setYamlProblem((problem as Error).message);
    }
  }

  const statement = () => ({
    spec: { ...draft.spec },
    ...(draft.tenant !== "" && { tenant: draft.tenant }),
    ...(draft.host !== ""
      ? { placement: { host: draft.host } }
      : stored?.placement?.hosts && { placement: stored.placement }),
  });
  async function doing(work: () => Promise<void>) {
    setBusy(true);
    setError(undefined);
    await work().catch(setError);
    setBusy(false);
  }
  const check = () =>
    doing(async () => {
      const { kind, name } = draft;
      setPlans(await answer(api.POST("/v1/plan", { body: { state: [{ kind, name, ...statement() }] } })));
    });
  const path = { kind: draft.kind, name: draft.name };
  const save = () =>
    doing(async () => {
      const headers = { "if-match": `"${seen}"` };
      await answer(api.PUT("/v1/resources/{kind}/{name}", { params: { path, header: headers }, body: statement() }));
      setPlans(undefined);
      setText(undefined);
      setDone(editor.saved);
      setBase(draft);
      setSeen(seen + 1);
      if (stored) await queries.invalidateQueries({ queryKey: ["record", draft.kind, draft.name] });
      else go(`/records/${draft.kind}/${draft.name}`);
    });
  const remove = () =>
    doing(async () => {
      await answer(
        api.DELETE("/v1/resources/{kind}/{name}", { params: { path, header: { "if-match": `"${seen}"` } } }),
      );
      go("/records");
    });

  /** Once the hosts have said how it went, that is what counts. */
  const isUnderWay = stored?.conditions.every(({ state, revision }) => state === "Pending" || revision < seen) ?? true;
  const isStale = error instanceof Refused && error.status === 412;
  return (
    <>
      <Title>{stored ? stored.name : editor.newTitle}</Title>
      {stored && (
        <section aria-label={editor.state} aria-live="polite">
          <ul className="rows">
            {stored.conditions.length === 0 && <li className="dim">{editor.notPlaced}</li>}
            {stored.conditions.map(({ host, state, message, at }) => (
              <li key={host}>
                <State state={state} /> <strong>{host}</strong> {words.stateMeans[state]}{" "}
                {at !== undefined && <span className="dim">{ago(words, at)}</span>}
                {state !== "Applied" && state !== "Pending" && <pre>{message}</pre>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {!mayChange && <Notice look="plain">{editor.viewOnly}</Notice>}
      {done !== "" && isUnderWay && <Notice look="good">{done}</Notice>}
      {isStale || (isOthers && isChanged) ? (
        <Notice look="bad">{editor.overtaken}</Notice>
      ) : (
        error && problems.size === 0 && <Trouble error={error} />
      )}
      {error && problems.size > 0 && <Trouble error={error} />}
      <div className="editor">
        <form
          className="card"
          aria-label={editor.form}
          onSubmit={(event) => {
            event.preventDefault();
            void check();
          }}
        >
          {!stored && (
            <>
              <Select
                label={resources.kind}
                value={draft.kind}
                options={(kinds.data ?? []).map(({ name, summary }) => ({
                  id: name,
                  text: name,
                  says: (
                    <>
                      {name} <span className="dim">{summary}</span>
                    </>
                  ),
                }))}
                onChange={(kind) => set({ kind, spec: {} })}
              />
              <TextField
                label={resources.name}
                value={draft.name}
                onChange={(name) => set({ name })}
                problem={problems.get("/name")}
                isRequired
                autoFocus
              />
            </>
          )}
          {(rights.isOperator || (tenants.data?.length ?? 0) > 1) && (
            <Select
              label={editor.tenant}
              value={draft.tenant}
              isDisabled={!mayChange}
              problem={problems.get("/tenant")}
              options={[
                ...(rights.isOperator ? [{ id: "", says: `(${editor.nobody})` }] : []),
                ...(tenants.data ?? []).map(({ name, title }) => ({ id: name, says: title })),
              ]}
              onChange={(tenant) => set({ tenant })}
            />
          )}
          {rights.isOperator && (
            <TextField
              label={editor.host}
              help={editor.hostHelp}
              value={draft.host}
              isDisabled={!mayChange}
              problem={problems.get("/host")}
              onChange={(host) => set({ host })}
            />
          )}
          {schema && (
            <SchemaForm
              schema={schema}
              value={draft.spec}
              onChange={(spec) => set({ spec: (spec ?? {}) as Draft["spec"] })}
              problems={problems}
              pointer="/spec"
              isDisabled={!mayChange}
            />
          )}
          {mayChange && (
            <div className="actions">
              <Button type="submit" isDisabled={isBusy || draft.name === "" || yamlProblem !== undefined}>
                {editor.check}
              </Button>
              <Button
                look="main"
                isDisabled={
                  isBusy || draft.name === "" || yamlProblem !== undefined || (stored !== undefined && !isChanged)
                }
                onPress={() => void save()}
              >
                {editor.save}
              </Button>
              {isChanged && stored && (
                <Button
                  look="quiet"
                  onPress={() => {
                    follow(stored);
                    setError(undefined);
                  }}
                >
                  {editor.discard}
                </Button>
              )}
              {stored && (
                <Confirm
                  says={editor.remove}
                  title={editor.removeTitle(stored.name)}
                  loses={editor.removeSays}
                  onConfirm={() => void remove()}
                />
              )}
            </div>
          )}
        </form>
        <div className="card">
          <TextField
            label={editor.yaml}
            help={editor.yamlHelp}
            lines={Math.max(12, yaml.split("\n").length + 1)}
            isPlain
            value={yaml}
            onChange={type}
            problem={yamlProblem}
            isDisabled={!mayChange}
          />
        </div>
      </div>
      {plans && <Plans plans={plans} />}
      {stored && <History kind={stored.kind} name={stored.name} revision={stored.revision} mayChange={mayChange} />}
    </>
  );
}

/** What the control plane has against single fields, by JSON pointer. */
const problemsOf = (error: Error | undefined): ReadonlyMap<string, string> =>
  new Map(
    error instanceof Refused
      ? error.errors.flatMap(({ pointer, detail }) =>
          pointer === undefined
            ? []
            : [[pointer.replace(/^\/state\/0/, ""), detail.replace(/^\S+\/\S+: [\w.]+: /, "")] as const],
        )
      : [],
  );
