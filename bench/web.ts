import type { Bench } from "./index.ts";

const node = "/opt/upkeep/node_modules/.bin/node";

/** The control plane as browsers see it. */
export const web: Bench = {
  name: "web",
  title: "The web interface",
  packages: "peers",
  async run(host, progress) {
    await host.must("/opt/upkeep/upkeep", "install", "server");
    const patience = ["--retry", "100", "--retry-connrefused", "--retry-delay", "1"];
    await host.must("curl", "--silent", "--insecure", ...patience, "https://127.0.0.1:8443/v1/health");
    progress("a browser that has never been there");
    const page = JSON.parse(await host.must(node, "/opt/upkeep/bench/web/open.ts")) as Record<
      "open" | "kilobytes",
      number
    >;
    progress("100,000 records");
    const { list, search, event } = JSON.parse(await host.must(node, "/opt/upkeep/bench/web/measure.ts")) as Record<
      "list" | "search" | "event",
      number
    >;
    return [
      {
        name: "web-list",
        says: "50 of 100,000 records with how each stands, asked for 100 times a second, p99",
        value: list,
        unit: "ms",
        goal: { atMost: 50 },
      },
      {
        name: "web-search",
        says: "part of a name sought among 100,000 records, p99 of 100",
        value: search,
        unit: "ms",
        goal: { atMost: 100 },
      },
      {
        name: "web-event",
        says: "from stating a record until an open browser hears of it, p99 of 100",
        value: event,
        unit: "ms",
        goal: { atMost: 200 },
      },
      {
        name: "web-scripts",
        says: "JavaScript that the first page loads, compressed",
        value: page.kilobytes,
        unit: "kB",
        goal: { atMost: 200 },
      },
      {
        name: "web-open",
        says: "from the address until somebody can type, in a browser that has never been there, median of 5",
        value: page.open,
        unit: "ms",
        goal: { atMost: 1_000 },
      },
    ];
  },
};
