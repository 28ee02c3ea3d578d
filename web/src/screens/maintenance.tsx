import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Link } from "wouter";
import { answer, api, type ListedResource, queries, Refused } from "../api.ts";
import { Button, TextField } from "../parts/fields.tsx";
import { MomentPicker } from "../parts/moment-picker.tsx";
import { Empty, Trouble, Waiting } from "../parts/notices.tsx";
import { PagePreview } from "../parts/page-preview.tsx";
import { Title } from "../parts/shell.tsx";
import { State } from "../parts/state.tsx";
import { useMayState } from "../session.tsx";
import { useLocale, useWords } from "../words/index.ts";

/** What of a maintenance is shown here; whatever else it says stays as it is. */
interface Spec {
  readonly active?: boolean;
  readonly from?: string;
  readonly until?: string;
  readonly message?: string;
}

/** Each site's big switch. */
export default function Maintenance() {
  const { maintenance: words, resources } = useWords();
  const [search, setSearch] = useState("");
  const sought = useDeferredValue(search.trim());
  const { data, error, refetch } = useQuery({
    queryKey: ["maintenance-sites", sought],
    queryFn: () =>
      answer(api.GET("/v1/resources", { params: { query: { kind: "Site", ...(sought && { search: sought }) } } })),
    placeholderData: (before) => before,
  });
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <Title>{words.title}</Title>
      <p>{words.says}</p>
      <TextField label={resources.search} type="search" value={search} onChange={setSearch} />
      {data.items.length === 0 ? (
        <Empty title={words.none}>{words.noneSays}</Empty>
      ) : (
        <ul className="cards">
          {data.items.map((site) => (
            <Site key={site.name} site={site} />
          ))}
        </ul>
      )}
    </>
  );
}

/** A maintenance of the site's own name is its switch; others may hold it offline, too. */
function Site({ site }: { readonly site: ListedResource }) {
  const { maintenance: words } = useWords();
  const locale = useLocale();
  const mayState = useMayState();
  const [error, setError] = useState<Error>();
  const [isBusy, setBusy] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const path = { kind: "Maintenance", name: site.name };
  const { data } = useQuery({
    queryKey: ["maintenance", site.name],
    queryFn: () =>
      answer(api.GET("/v1/resources/{kind}/{name}", { params: { path } })).catch((refused: unknown) => {
        if (refused instanceof Refused && refused.status === 404) return null;
        throw refused;
      }),
  });
  const spec = (data?.spec ?? {}) as Spec;
  const now = Date.now();
  const begins = spec.from === undefined ? undefined : Date.parse(spec.from);
  const ends = spec.until === undefined ? undefined : Date.parse(spec.until);
  const inWindow = (begins ?? 0) <= now && now < (ends ?? Number.POSITIVE_INFINITY);
  // As hosts decide it: outside its window nothing is on.
  const isOn = (spec.active ?? (begins !== undefined || ends !== undefined)) && inWindow;
  const shown = (moment: number) =>
    new Date(moment).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  const window = [
    begins !== undefined && begins > now && words.planned(shown(begins)),
    ends !== undefined && ends > now && words.until(shown(ends)),
  ].filter(Boolean);

  async function set(change: Readonly<Record<string, unknown>>) {
    setBusy(true);
    setError(undefined);
    try {
      if (data) await answer(api.PATCH("/v1/resources/{kind}/{name}", { params: { path }, body: { spec: change } }));
      else {
        const params = { path: { kind: "Site", name: site.name } };
        const { tenant, placement } = await answer(api.GET("/v1/resources/{kind}/{name}", { params }));
        const stated = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));
        const body = {
          spec: { sites: [site.name], ...stated },
          ...(tenant !== undefined && { tenant }),
          ...(placement && { placement }),
        };
        await answer(api.PUT("/v1/resources/{kind}/{name}", { params: { path }, body }));
      }
      await queries.invalidateQueries({ queryKey: ["maintenance", site.name] });
    } catch (refused) {
      setError(refused as Error);
    }
    setBusy(false);
  }

  return (
    <li className="card">
      <h2>
        <Link href={`/records/Site/${site.name}`}>{site.name}</Link>
      </h2>
      <p aria-live="polite">
        <strong className={isOn ? "bad" : "good"}>{isOn ? words.on : words.off}</strong> {window.join(", ")}{" "}
        {data?.conditions.some(({ state }) => state !== "Applied") && <State state={data.conditions[0]?.state} />}
      </p>
      {error && <Trouble error={error} />}
      {mayState && (
        <div className="actions">
          <Button
            look={isOn ? "main" : "danger"}
            isDisabled={isBusy || data === undefined}
            onPress={() => void set({ active: !isOn, from: null, until: null })}
          >
            {isOn ? words.switchOff(site.name) : words.switchOn(site.name)}
          </Button>
          <Button look="quiet" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
            {words.more}
          </Button>
        </div>
      )}
      {isOpen && <Details key={data?.revision} name={site.name} spec={spec} save={set} isBusy={isBusy} />}
    </li>
  );
}

/** As an input has it, by the browser's own clock. */
const asInput = (moment: string | undefined): string => {
  if (moment === undefined) return "";
  const date = new Date(moment);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

const asMoment = (input: string): string | null =>
  input === "" ? null : `${input.replace("T", " ")} ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;

function Details({
  name,
  spec,
  save,
  isBusy,
}: {
  readonly name: string;
  readonly spec: Spec;
  readonly save: (change: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly isBusy: boolean;
}) {
  const { maintenance: words } = useWords();
  const [message, setMessage] = useState(spec.message ?? "");
  const [from, setFrom] = useState(asInput(spec.from));
  const [until, setUntil] = useState(asInput(spec.until));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const isWindow = from !== "" || until !== "";
        // A window decides by itself when it is on.
        void save({
          message: message === "" ? null : message,
          from: asMoment(from),
          until: asMoment(until),
          ...(isWindow && { active: null }),
        });
      }}
    >
      <TextField label={words.message} value={message} onChange={setMessage} />
      <MomentPicker label={words.from} value={from} onChange={setFrom} window={[from, until]} />
      <MomentPicker label={words.to} value={until} onChange={setUntil} window={[from, until]} />
      <PagePreview name={name} message={message} until={asMoment(until)} />
      <Button type="submit" isDisabled={isBusy}>
        {words.save}
      </Button>
    </form>
  );
}
