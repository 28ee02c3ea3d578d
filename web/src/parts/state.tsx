import type { Words } from "../words/en.ts";
import { useWords } from "../words/index.ts";

const marks = { Applied: "✓", Pending: "…", Failed: "✕", Quarantined: "!", Drifted: "≠" } as const;

/** How something stands: by colour, sign and word, so that any one of them is enough. */
export function State({ state }: { readonly state: string | undefined }) {
  const { states } = useWords();
  if (state === undefined) return <span className="state none">–</span>;
  const known = state as keyof typeof marks & keyof Words["states"];
  return (
    <span className={`state ${state.toLowerCase()}`}>
      <span aria-hidden="true">{marks[known] ?? "•"}</span> {states[known] ?? state}
    </span>
  );
}
