import { Link } from "wouter";
import type { Event } from "../api.ts";
import { ago, useWords } from "../words/index.ts";
import { State } from "./state.tsx";

/** What has happened, one a line. */
export function EventList({ events }: { readonly events: readonly Event[] }) {
  const words = useWords();
  return (
    <ol className="rows events">
      {events.map((event) => (
        <li key={`${event.at} ${event.ref} ${event.host} ${event.name} ${event.state} ${event.says}`}>
          <time dateTime={new Date(event.at).toISOString()}>{ago(words, event.at)}</time>
          <span>
            <Said event={event} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Said({ event: { is, ref = "", actor = "", host, state, name, says } }: { readonly event: Event }) {
  const { events } = useWords();
  const isRecord = ref !== "" && !/^(Host|Tenant|Account)\//.test(ref);
  const about = isRecord ? <Link href={`/records/${ref}`}>{ref}</Link> : ref;
  if (is === "condition")
    return (
      <>
        <State state={state} /> {about} <span className="dim">{host}</span>
      </>
    );
  if (is === "event")
    return (
      <>
        <strong>{name}</strong> {says} <span className="dim">{host}</span>
      </>
    );
  const [before, after] = (is === "stated" ? events.stated : events.deleted)("\0", actor).split("\0");
  return (
    <>
      {before}
      {about}
      {after}
    </>
  );
}
