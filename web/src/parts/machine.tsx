import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Machine as MachineOf, queries } from "../api.ts";
import { ago, useLocale, useWords } from "../words/index.ts";
import { Confirm } from "./confirm.tsx";
import { Button } from "./fields.tsx";
import { Figures } from "./figures.tsx";
import { Notice, Trouble } from "./notices.tsx";

/** A host as a machine: asked when somebody wants to see it. */
export function Machine({ host }: { readonly host: string }) {
  const { hosts: words } = useWords();
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useQuery({
    queryKey: ["machine", host],
    queryFn: () => answer(api.GET("/v1/hosts/{name}/machine", { params: { path: { name: host } } })),
    enabled: isOpen,
    retry: false,
  });
  return (
    <>
      <Button look="quiet" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
        {words.more}
      </Button>
      {isOpen && error && <Trouble error={error} />}
      {isOpen && data && <Facts host={host} machine={data} />}
      {isOpen && data && <Figures host={host} />}
    </>
  );
}

function Facts({ host, machine }: { readonly host: string; readonly machine: MachineOf }) {
  const all = useWords();
  const { hosts: words } = all;
  const locale = useLocale();
  const { system, uptime, load, processors, memory, disks, daemons, generations } = machine;
  const gigabytes = (bytes: number) =>
    `${(bytes / 1e9).toLocaleString(locale, { maximumFractionDigits: bytes < 1e10 ? 1 : 0 })} GB`;
  const free = ({ total, available }: { total: number; available: number }) =>
    words.free(gigabytes(available), gigabytes(total));
  const facts: [string, string][] = [
    [words.system, system],
    [words.uptime, words.days(Math.floor(uptime / 86_400))],
    [
      words.load,
      `${load.map((each) => each.toLocaleString(locale, { maximumFractionDigits: 2 })).join(" · ")} (${words.processors(processors)})`,
    ],
    [words.memory, free(memory)],
    ...disks.map((disk): [string, string] => [disk.path, free(disk)]),
  ];
  return (
    <>
      <dl className="facts">
        {facts.map(([what, says]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <h3>{words.daemons}</h3>
      <ul className="rows">
        {daemons.map(({ name, version, running }) => (
          <li key={name}>
            {name} <span className="dim">{version}</span>{" "}
            <span className={running ? "good" : "dim"}>{running ? words.runs : words.isDown}</span>
          </li>
        ))}
      </ul>
      <Generations host={host} generations={generations} />
    </>
  );
}

function Generations({ host, generations }: { readonly host: string } & Pick<MachineOf, "generations">) {
  const all = useWords();
  const { hosts: words, editor } = all;
  const [error, setError] = useState<Error>();
  const [changed, setChanged] = useState<number>();
  async function back(to: number) {
    setError(undefined);
    try {
      const asked = api.POST("/v1/hosts/{name}/rollback", { params: { path: { name: host } }, body: { to } });
      setChanged((await answer(asked)).changed);
      await queries.invalidateQueries();
    } catch (refused) {
      setError(refused as Error);
    }
  }
  return (
    <>
      <h3>{words.generations}</h3>
      {error && <Trouble error={error} />}
      {changed !== undefined && <Notice look="good">{changed > 0 ? editor.rolledBack : words.backNothing}</Notice>}
      <ol className="rows" reversed>
        {generations.map(({ number, at, state, cause, summary }, index) => (
          <li key={number} value={number}>
            {number} <span className={state === "undone" ? "bad" : "dim"}>{words.generationStates[state]}</span> {cause}{" "}
            <span className="dim">
              {ago(all, at)} · {summary}
            </span>{" "}
            {state === "live" && index > 0 && (
              <Confirm
                look="quiet"
                says={editor.rollBack}
                title={words.backTitle(host, number)}
                loses={words.backLoses}
                onConfirm={() => void back(number)}
              />
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
