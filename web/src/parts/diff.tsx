import { structuredPatch } from "diff";

/** What differs between two texts, line by line, as people know it from version control. */
export function Diff({
  before,
  after,
  name,
}: {
  readonly before: string;
  readonly after: string;
  readonly name: string;
}) {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 2 });
  if (hunks.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1).
    <section className="diff" aria-label={name} tabIndex={0}>
      {hunks.flatMap(({ lines, oldStart }) =>
        lines
          .filter((line) => !line.startsWith("\\"))
          .map((line, index) => {
            const sign = line[0] ?? " ";
            const kind = sign === "+" ? "ins" : sign === "-" ? "del" : "span";
            const Line = kind as "ins" | "del" | "span";
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a diff stay where they are.
              <Line key={`${oldStart} ${index}`}>
                <span aria-hidden="true">{sign}</span>
                {line.slice(1)}
                {"\n"}
              </Line>
            );
          }),
      )}
    </section>
  );
}
