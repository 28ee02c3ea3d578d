import { wrap } from "./wrap.ts";

/** What is remarkable about a point. */
export interface Mark {
  /** Shown when the pointer rests on it. */
  readonly says: string;
  readonly hollow: boolean;
  /** No line leads to it from the point before. */
  readonly apart: boolean;
}

/** One curve: points in the order of x. */
export interface Curve {
  readonly says: string;
  readonly points: readonly (readonly [x: number, y: number, mark?: Mark])[];
}

export interface Panel {
  /** One line, or more. */
  readonly title: string | readonly string[];
  readonly unit: string;
  readonly curves: readonly Curve[];
  /** A line across, with its words. */
  readonly goal?: { readonly at: number; readonly says: string };
}

/** What x counts. Where it has names, x is the index of one. */
export interface Along {
  readonly says: string;
  readonly names?: readonly string[];
}

export interface PlotOptions {
  readonly title: string;
  /** Under the title. */
  readonly legend?: string;
  readonly along: Along;
  readonly panels: readonly Panel[];
  /** Panels beside each other. */
  readonly columns?: number;
}

const [width, plotHeight, margin] = [300, 132, { left: 52, right: 16 }] as const;
const [titleLine, unitLine] = [14, 28] as const;
const colours = ["#1668b8", "#c2410c", "#15803d"];
const [ink, pale, goalColour] = ["#333", "#ddd", "#15803d"] as const;
const goalStroke = `stroke="${goalColour}" stroke-width="1.5" stroke-dasharray="5 3"`;
/** Letters of the legend above each column. */
const legendLength = 52;
/** Names under the axis; of more only some have room. */
const mostNames = 8;

/** Panels, each from zero on, as SVG that can be read on light and on dark ground: it brings its own. */
export function plot({ title, legend, along, panels, columns = panels.length }: PlotOptions): string {
  const lines = Math.max(...panels.map((panel) => titleOf(panel).length));
  const top = lines * titleLine + unitLine;
  const height = top + plotHeight + (along.names ? 84 : 48);
  const [across, down] = [Math.min(columns, panels.length), Math.ceil(panels.length / columns)];
  const legendLines = legend === undefined ? [] : wrap(legend, across * legendLength);
  const head = 30 + 14 * legendLines.length;
  const [wide, high] = [width * across, head + height * down];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(wide / 2, 18, title, { anchor: "middle", size: 13 }),
    ...legendLines.map((line, index) => text(wide / 2, 34 + 14 * index, line, { anchor: "middle", size: 10 })),
    ...panels.map((panel, index) => {
      const [x, y] = [(index % columns) * width, head + Math.floor(index / columns) * height];
      return `<g transform="translate(${x} ${y})">\n${drawn(panel, along, top).join("\n")}\n</g>`;
    }),
    "</svg>",
    "",
  ].join("\n");
}

const titleOf = ({ title }: Panel): readonly string[] => (typeof title === "string" ? [title] : title);

function drawn(panel: Panel, along: Along, top: number): string[] {
  const { unit, curves, goal } = panel;
  const all = curves.flatMap(({ points }) => points);
  const values = [...all.map(([, y]) => y), ...(goal ? [goal.at] : [])];
  const [low, high] = [-roundUp(-Math.min(0, ...values)), roundUp(Math.max(0, ...values))];
  const bottom = top + plotHeight;
  const x = scale(along, Math.max(...all.map(([at]) => at)));
  const y = (value: number) => bottom - ((value - low) / (high - low || 1)) * plotHeight;
  const steps = low === 0 || high === 0 ? [low, (low + high) / 2, high] : [low, 0, high];
  // Where one end is near zero, zero alone has its number.
  const numbered = steps.filter((value) => value === 0 || Math.abs(y(value) - y(0)) > 12);
  return [
    ...titleOf(panel).map((line, index) => text(6, titleLine * (index + 1), line, { size: 12 })),
    text(margin.left - 6, top - 10, unit, { anchor: "end", size: 10 }),
    ...numbered.flatMap((value) => [
      `<path d="M${margin.left} ${y(value).toFixed(1)}H${width - margin.right}" stroke="${pale}"/>`,
      text(margin.left - 6, y(value) + 4, short(value), { anchor: "end" }),
    ]),
    ...(goal ? goalLine(goal, y(goal.at), top) : []),
    ...axis(along, all, x, bottom),
    ...curves.flatMap((curve, index) => drawnCurve(curve, index, { x, y, top })),
  ];
}

/** Where x lies: names side by side, numbers as far from zero as they are large. */
function scale({ names }: Along, far: number): (value: number) => number {
  const room = width - margin.left - margin.right;
  return (value) => margin.left + room * (names ? (value + 0.5) / names.length : value / far);
}

function axis(along: Along, all: readonly Curve["points"][number][], x: (value: number) => number, bottom: number) {
  const middle = (margin.left + width - margin.right) / 2;
  if (!along.names) {
    const marks = [...new Set(all.map(([at]) => at))];
    return [
      ...marks.map((at) => text(x(at), bottom + 16, at.toLocaleString("en"), { anchor: "middle" })),
      text(middle, bottom + 36, along.says, { anchor: "middle" }),
    ];
  }
  const { length } = along.names;
  const every = Math.ceil(length / mostNames);
  // The newest has its name in any case.
  const shown = along.names.map((_, index) => (length - 1 - index) % every === 0);
  return [
    ...along.names.flatMap((name, index) =>
      shown[index] ? [text(x(index) + 3, bottom + 12, name, { anchor: "end", size: 9, turned: -40 })] : [],
    ),
    text(middle, bottom + 74, along.says, { anchor: "middle", size: 10 }),
  ];
}

/** The line, and its words above the panel, where no curve runs through them. */
const goalLine = ({ says }: NonNullable<Panel["goal"]>, at: number, top: number): string[] => [
  `<path d="M${margin.left} ${at.toFixed(1)}H${width - margin.right}" ${goalStroke}/>`,
  text(width - margin.right, top - 10, says, { anchor: "end", size: 10, colour: goalColour }),
];

function drawnCurve(
  { says, points }: Curve,
  index: number,
  { x, y, top }: { x: (value: number) => number; y: (value: number) => number; top: number },
): string[] {
  const colour = colours[index % colours.length]!;
  const path = points.map(
    ([at, value, mark], step) => `${step === 0 || mark?.apart ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  return [
    `<path d="${path.join("")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(([at, value, mark]) => {
      const circle = `<circle cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3"`;
      const look = mark?.hollow ? `fill="#fff" stroke="${colour}" stroke-width="1.5"` : `fill="${colour}"`;
      return mark ? `${circle} ${look}><title>${escaped(mark.says)}</title></circle>` : `${circle} ${look}/>`;
    }),
    ...(says !== "" ? [text(margin.left + 70 * index, top - 10, says, { colour })] : []),
  ];
}

interface TextStyle {
  readonly anchor?: "start" | "middle" | "end";
  readonly size?: number;
  readonly colour?: string;
  /** Degrees. */
  readonly turned?: number;
}

function text(
  x: number,
  y: number,
  says: string,
  { anchor = "start", size = 11, colour = ink, turned }: TextStyle = {},
) {
  const [left, up] = [x.toFixed(1), y.toFixed(1)];
  const turn = turned === undefined ? "" : ` transform="rotate(${turned} ${left} ${up})"`;
  return `<text x="${left}" y="${up}" text-anchor="${anchor}" font-size="${size}" fill="${colour}"${turn}>${escaped(says)}</text>`;
}

const escaped = (says: string): string =>
  says.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The next number with one digit, or 1.5, and as many zeros as it takes. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value)!;
}

const short = (value: number): string =>
  Math.abs(value) >= 10 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(2));
