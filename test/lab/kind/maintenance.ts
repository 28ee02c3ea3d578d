import assert from "node:assert/strict";
import type { TestHost } from "../../../lab/lab.ts";
import { siteOn } from "./site.ts";
import type { Subject } from "./subject.ts";

const site = "shop.example.com";
const relaunch = (message: string) => ({ sites: [site], active: true, message });

async function says(host: TestHost, message: string): Promise<void> {
  const { status, body } = await host.ask(`http://${site}/any/path`, { headers: { Accept: "text/html" } });
  assert.equal(status, 503);
  assert.ok(body.includes(message), body);
  assert.match((await host.ask("http://open.example.com/")).body, /open\.example\.com is ready/);
}

/** A maintenance of one of two sites, on either of the servers. */
export function maintenanceOn(server: Parameters<typeof siteOn>[0]): Subject {
  const { others, leaves = [], ...site_ } = siteOn(server);
  return {
    ...{ kind: "Maintenance", others, server: site_.server ?? "none" },
    prepare: site_.prepare!,
    before: [
      { kind: "Site", name: site },
      { kind: "Jail", name: "scan", spec: { maxRetry: 50 } },
      { kind: "Site", name: "open.example.com" },
    ],
    name: "relaunch",
    good: relaunch("Back at two."),
    changed: relaunch("Back at three."),
    neighbour: { name: "aaa", spec: { sites: ["open.example.com"] } },
    refused: { spec: { sites: "none" }, says: /spec\.sites/ },
    isThere: (host) => says(host, "Back at two."),
    isChanged: (host) => says(host, "Back at three."),
    async isGone(host) {
      const { status, body } = await host.ask(`http://${site}/`);
      assert.equal(status, 200);
      assert.match(body, /shop\.example\.com is ready/);
    },
    leaves: [
      ...leaves,
      { name: /^\/var\/lib\/upkeep-maintenance$/, because: "the next one needs it; it is empty" },
      {
        name: /^(passwd|group|shadow|gshadow|subuid|subgid) open-/,
        because: "files of theirs are the accounts'",
      },
    ],
  };
}
