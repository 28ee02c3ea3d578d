import type { RunRecord } from "../src/model/run.ts";
import { atSteps, lostComments, visiting } from "../test/lab/migrate-site/moves.ts";
import { openWorld } from "../test/lab/migrate-site/world.ts";
import type { Figure } from "./figures.ts";
import type { Bench } from "./index.ts";

/** A WordPress of a gigabyte moves while wrk asks for its pages and comments are posted all the time. */
export const migrateSite: Bench = {
  name: "migrate-site",
  title: "A site moves",
  async run(_host, progress) {
    const lab = await openWorld({ uploads: 950, posts: 20_000 });
    try {
      const { old1, new1, visitor } = lab.hosts;
      const enough = visiting(lab.hosts, "shop");
      const load = visitor.exec([
        "wrk",
        "--threads=1",
        "--connections=4",
        "--duration=90s",
        "--timeout=20s",
        "--header=Host: shop.example.com",
        "--header=Connection: close",
        "--script=/opt/upkeep/bench/load.lua",
        `http://${old1.address}/`,
      ]);
      const begun = await new1.upkeep(
        "run",
        "migrate-site",
        "--site=shop.example.com",
        `--from=root@${old1.address}`,
        "--watch=5s",
        `--name-server=${visitor.address}`,
        "--zone=example.com",
        "--dns-key=/etc/upkeep/dns.key",
      );
      await atSteps(new1, "until", 1, /^until all is well$/).catch(async (error: Error) => {
        throw new Error(`${error.message}\n${begun.stderr}${(await new1.upkeep("runs", "report", "1")).stdout}`);
      });
      const { stdout } = await load;
      const seen = await enough();
      const [run] = JSON.parse((await new1.upkeep("runs", "list", "--json")).stdout) as RunRecord[];
      const figures = run!.steps.flatMap((step) => step.figures);
      const bytes = figures.find(({ unit }) => unit === "bytes")?.value ?? 0;
      const statuses = [...stdout.matchAll(/(\d{3})=(\d+)/g)].map(
        ([, status, count]) => [status!, Number(count)] as const,
      );
      const wrong = statuses
        .filter(([status]) => !/^(200|301|404|503)$/.test(status))
        .reduce((sum, [, count]) => sum + count, 0);
      const errors = Number(/^errors: (\d+)/m.exec(stdout)?.[1] ?? Number.NaN);
      const asked = statuses.reduce((sum, [, count]) => sum + count, 0);
      progress(
        `${(bytes / 1e9).toFixed(2)} GB of files; wrk: ${stdout.match(/statuses: .*/)?.[0]}, ${errors} errors; comments: ${JSON.stringify(seen.answers)}`,
      );
      const lost = await lostComments(new1, seen);
      return [
        {
          name: "migrate-offline",
          says: `a WordPress of ${(bytes / 1e9).toFixed(1)} GB moves to another host, under wrk and with comments posted all the time: how long visitors get the page, from the first 503 to the last`,
          value: seen.closed.shop,
          unit: "ms",
          goal: { atMost: 5_000 },
        },
        {
          name: "migrate-failed",
          says: `the same: requests that failed otherwise, of ${(asked + Object.values(seen.answers).reduce((sum, each) => sum + each, 0)).toLocaleString("en")}`,
          value: wrong + errors + seen.failures.length,
          unit: "requests",
          goal: { atMost: 0 },
        },
        {
          name: "migrate-lost",
          says: `the same: comments lost, of ${seen.written.shop.length.toLocaleString("en")}`,
          value: lost.length,
          unit: "writes",
          goal: { atMost: 0 },
        },
      ] satisfies Figure[];
    } finally {
      lab.close();
    }
  },
};
