/** One curve: points in the order of x. */
export interface Curve {
  readonly says: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly Curve[];
}

const [width, height, margin] = [300, 220, { left: 52, right: 16, top: 44, bottom: 44 }] as const;
const colours = ["#1668b8", "#c2410c", "#15803d"];

/** Panels side by side, each from zero on, as SVG that can be read on light and on dark ground. */
export function plot(title: string, along: string, panels: readonly Panel[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * panels.length} ${height + 30}" font-family="sans-serif" font-size="11">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(width * panels.length * 0.5, 18, title, "middle", 13),
    ...panels.map(
      (panel, index) => `<g transform="translate(${index * width} 26)">${drawn(panel, along).join("")}</g>`,
    ),
    "</svg>",
    "",
  ].join("\n");
}

function drawn({ title, unit, curves }: Panel, along: string): string[] {
  const all = curves.flatMap(({ points }) => points);
  const [farX, farY] = [Math.max(...all.map(([x]) => x)), roundUp(Math.max(...all.map(([, y]) => y)))];
  const x = (value: number) => margin.left + (value / farX) * (width - margin.left - margin.right);
  const y = (value: number) => height - margin.bottom - (value / farY) * (height - margin.top - margin.bottom);
  const marks = [...new Set(all.map(([at]) => at))];
  return [
    text(margin.left, 14, `${title}, ${unit}`, "start", 12),
    ...[0, 0.5, 1].flatMap((share) => [
      `<path d="M${x(0)} ${y(share * farY)}H${width - margin.right}" stroke="#ddd"/>`,
      text(margin.left - 6, y(share * farY) + 4, short(share * farY), "end"),
    ]),
    ...marks.map((at) => text(x(at), height - margin.bottom + 16, at.toLocaleString("en"), "middle")),
    text((margin.left + width - margin.right) / 2, height - 8, along, "middle"),
    ...curves.flatMap(({ says, points }, index) => {
      const colour = colours[index % colours.length]!;
      const path = points.map(
        ([at, value], step) => `${step === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
      );
      return [
        `<path d="${path.join("")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...points.map(
          ([at, value]) => `<circle cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" fill="${colour}"/>`,
        ),
        text(margin.left + 70 * index, 32, says, "start", 11, colour),
      ];
    }),
  ];
}

const text = (x: number, y: number, says: string, anchor: string, size = 11, colour = "#333") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}" fill="${colour}">${says}</text>`;

/** 1, 2 or 5, and as many noughts as it takes. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value)!;
}

const short = (value: number): string =>
  value >= 10 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(2));
