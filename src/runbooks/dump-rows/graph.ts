import { escapeHtml } from "../../model/escape-html.ts";
import { withThousands } from "../../model/number.ts";
import type { Closure, Way } from "./closure.ts";
import type { Order } from "./order.ts";

/** What belongs together, a line for each table and each way that led there. */
export function graphLines({ parts, ways }: Closure): string[] {
  const width = Math.max(0, ...parts.map(({ table }) => table.name.length));
  const lines = parts.flatMap(({ table, own, needed }) => [
    `${table.name.padEnd(width)}  ${[
      ...(own > 0 ? [`${withThousands(own)} wanted`] : []),
      ...(needed > 0 ? [`${withThousands(needed)} needed by others`] : []),
    ].join(", ")}`,
    ...ways
      .filter(({ relation, direction }) => (direction === "up" ? relation.parent : relation.child) === table.name)
      .map((way) => `    ${withThousands(way.rows)} ${wordsOf(way)}`),
  ]);
  const total = parts.reduce((sum, { own, needed }) => sum + own + needed, 0);
  return [...lines, `${withThousands(total)} rows of ${parts.length} tables`];
}

const wordsOf = ({ relation, direction }: Way): string =>
  direction === "up"
    ? `${relation.child} refers to (${relation.columns.join(", ")})`
    : `belong to ${relation.parent} (${relation.columns.join(", ")})`;

const [boxWidth, boxHeight, across, down] = [180, 44, 240, 84];

/** The same as a drawing: who is referred to stands above. */
export function graphSvg({ parts, ways }: Closure, { tables }: Order): string {
  const level = new Map<string, number>();
  for (const name of tables) {
    const above = ways
      .filter(({ relation }) => relation.child === name && relation.parent !== name)
      .map(({ relation }) => level.get(relation.parent) ?? -1);
    level.set(name, Math.max(-1, ...above) + 1);
  }
  const rows = [...Map.groupBy(parts, ({ table }) => level.get(table.name) ?? 0)].sort(([one], [other]) => one - other);
  const place = new Map<string, { x: number; y: number }>();
  for (const [row, some] of rows)
    for (const [index, { table }] of some.entries())
      place.set(table.name, { x: 20 + index * across, y: 20 + row * down });
  const width = 40 + Math.max(1, ...rows.map(([, some]) => some.length)) * across;
  const height = 40 + (Math.max(0, ...rows.map(([row]) => row)) + 1) * down;
  const lines = ways.map(({ relation, direction, rows: count }) => {
    const [child, parent] = [place.get(relation.child)!, place.get(relation.parent)!];
    const title = `<title>${escapeHtml(`${relation.child} (${relation.columns.join(", ")}) → ${relation.parent}: ${count}`)}</title>`;
    const style = direction === "down" ? 'stroke="#1f6feb"' : 'stroke="#8c959f" stroke-dasharray="4 3"';
    const [fromX, fromY] = [child.x + boxWidth / 2, child.y];
    const [toX, toY] = [parent.x + boxWidth / 2, parent.y + boxHeight];
    const path =
      relation.child === relation.parent
        ? `M${child.x + boxWidth} ${child.y + 12} q30 10 0 20`
        : `M${fromX} ${fromY} C${fromX} ${fromY - 24} ${toX} ${toY + 24} ${toX} ${toY}`;
    return `<path d="${path}" fill="none" ${style} marker-end="url(#end)">${title}</path>`;
  });
  const boxes = parts.map(({ table, own, needed }) => {
    const { x, y } = place.get(table.name)!;
    const counts = [own > 0 ? `${withThousands(own)} wanted` : "", needed > 0 ? `${withThousands(needed)} needed` : ""];
    return `<g><rect x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="6" fill="${own > 0 ? "#ddf4ff" : "#f6f8fa"}" stroke="#57606a"/><text x="${x + 10}" y="${y + 18}" font-weight="bold">${escapeHtml(table.name)}</text><text x="${x + 10}" y="${y + 35}" fill="#57606a">${counts.filter(Boolean).join(", ")}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12"><defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs><rect width="100%" height="100%" fill="#fff"/>${lines.join("")}${boxes.join("")}</svg>\n`;
}
