import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { closeWorld } from "../lab/world.ts";
import { type Figure, type Figures, isMet } from "./figures.ts";
import { benches } from "./index.ts";
import { openBenchHost } from "./world.ts";

/*
 * Runs each measurement beside its peer, in one go, on one lab host whose files are on a disk. Arguments: names of
 * benches; without any, all of them.
 */

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`there is no bench ${unknown.join(", ")}; there is: ${benches.map(({ name }) => name).join(", ")}`);
  process.exit(1);
}

const resultsFile = join(import.meta.dirname, "results.json");
const results: Figures =
  wanted.length > 0 && existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, "utf8")) as Figures) : {};

for (const bench of benches.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  console.error(`${bench.name} ...`);
  const { world, host, disk } = await openBenchHost(bench.extra ?? [], (text) => console.error(`  ${text}`));
  try {
    for (const figure of await bench.run(host, (text) => console.error(`  ${text}`)))
      results[figure.name] = { ...figure, met: isMet(figure) };
  } finally {
    closeWorld(world);
    rmSync(disk, { force: true });
  }
}

const round = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3));

function row({ says, value, unit, goal, peer, peerValue, ratio, met }: Figure & { met: boolean }): string {
  const { atMost, atLeast } = goal;
  const limit =
    atMost !== undefined ? `at most ${atMost} ${unit}` : atLeast !== undefined ? `at least ${atLeast} ${unit}` : "";
  return `| ${says} | ${round(value)} ${unit} | ${limit} | ${peer ?? ""} | ${peerValue === undefined ? "" : `${round(peerValue)} ms`} | ${ratio === undefined ? "" : round(ratio)} | ${limit === "" ? "" : met ? "yes" : "**no**"} |`;
}

const table = [
  "| what | measured | goal | peer | peer's | ratio | met |",
  "|---|---|---|---|---|---|---|",
  ...Object.values(results).map(row),
].join("\n");
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${arch()}; a lab host (Debian 12, systemd, Apache 2.4) on ext4`;
mkdirSync(import.meta.dirname, { recursive: true });
writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`);
writeFileSync(
  join(import.meta.dirname, "RESULTS.md"),
  `# Measured\n\nBy \`npm run bench\`, on ${machine}. Each figure beside its peer, in the same run.\n\n${table}\n`,
);
console.log(table);
