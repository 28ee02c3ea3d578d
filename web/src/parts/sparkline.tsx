import { useLocale, useWords } from "../words/index.ts";

const [width, height] = [240, 48];

/** A day at a glance: a line without axes, its last and its highest value in words. What is not known is a gap. */
export function Sparkline({
  title,
  values,
  from,
  every,
}: {
  readonly title: string;
  readonly values: readonly (number | null)[];
  readonly from: number;
  readonly every: number;
}) {
  const { figures: words } = useWords();
  const locale = useLocale();
  const known = values.flatMap((value) => value ?? []);
  const highest = Math.max(...known, 0);
  const number = (value: number) => value.toLocaleString(locale, { maximumFractionDigits: value < 10 ? 2 : 0 });
  const time = (index: number) => new Date(from + index * every).toLocaleTimeString(locale, { timeStyle: "short" });
  const says =
    known.length === 0
      ? words.none
      : words.says(number(known.at(-1)!), number(highest), time(values.lastIndexOf(highest)));
  const x = (index: number) => (index / Math.max(1, values.length - 1)) * width;
  const y = (value: number) => height - 2 - (highest === 0 ? 0 : (value / highest) * (height - 4));
  const path = values
    .map((value, index) => {
      if (value === null) return "";
      const begins = index === 0 || values[index - 1] === null;
      const isAlone = begins && (index === values.length - 1 || values[index + 1] === null);
      return `${begins ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}${isAlone ? "h0.1" : ""}`;
    })
    .join("");
  return (
    <figure className="spark">
      <figcaption>
        <strong>{title}</strong> <span className="dim">{says}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={`${title}: ${says}`}>
        <path d={path} />
      </svg>
    </figure>
  );
}
