import type { HostPlan } from "../api.ts";
import { useWords } from "../words/index.ts";
import { Diff } from "./diff.tsx";
import { Notice } from "./notices.tsx";

/** So many files are shown at once; more are opened one by one. */
const most = 6;

const signs = { create: "+", update: "~", delete: "−" } as const;

const hasText = ({ before = "", after = "" }: HostPlan["changes"][number]): boolean => before !== after;

/** What each host would do, file by file, before anything is done. */
export function Plans({ plans }: { readonly plans: readonly HostPlan[] }) {
  const { editor } = useWords();
  return (
    <section aria-live="polite" className="card">
      <h2>{editor.plan}</h2>
      {plans.length === 0 && <p>{editor.nothing}</p>}
      {plans.map(({ host, problem, changes, reloads, refused, notes }) => (
        <div key={host}>
          <h3>{host}</h3>
          {problem !== undefined && <p>{editor.away}</p>}
          {problem === undefined && changes.length === 0 && refused.length === 0 && <p>{editor.nothing}</p>}
          {refused.map(({ ref, reason }) => (
            <Notice key={ref} look="bad">
              {ref}: {reason}
            </Notice>
          ))}
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
          {changes.map((change) => {
            const { verb, type, name, before = "", after = "", detail } = change;
            const says = (
              <>
                <span aria-hidden="true">{signs[verb]}</span> {type} {name} {detail !== undefined && `(${detail})`}
              </>
            );
            return hasText(change) ? (
              <details key={`${type} ${name}`} open={changes.filter(hasText).length <= most}>
                <summary>{says}</summary>
                <Diff before={before} after={after} name={name} />
              </details>
            ) : (
              <div key={`${type} ${name}`}>{says}</div>
            );
          })}
          {reloads.length > 0 && <p>{editor.reloads(reloads.join(", "))}</p>}
        </div>
      ))}
    </section>
  );
}
