import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { openLab, type TestHost } from "../../../lab/lab.ts";

/** What visitors have seen. */
export interface Seen {
  readonly requests: number;
  /** What was no whole answer, or a wrong one. */
  readonly faults: readonly string[];
}

/** Visitors of a site: they come when this is called. Returns what sends them away. */
export type Visiting = (web: TestHost, site: string) => () => Promise<Seen>;

/** Applies a change of one site so often while another one is visited, and looks whether its visitors saw anything of it. */
export async function applyWithVisitors(
  t: TestContext,
  server: "apache" | "nginx",
  applies: number,
  visiting: Visiting,
): Promise<void> {
  const lab = await openLab({ web1: server === "apache" ? "apache2" : "nginx" });
  t.after(() => lab.close());
  const web = lab.hosts.web1;
  const site = (name: string, version: number) =>
    `kind: Site\nname: ${name}\nspec: {user: load, headers: {X-Version: "${version}"}}\n`;
  assert.equal((await web.apply(site("steady.example.com", 0))).code, 0);
  const enough = visiting(web, "steady.example.com");
  for (let version = 1; version <= applies; version++) {
    const { code, stdout, stderr } = await web.apply(site("changing.example.com", version));
    assert.equal(code, 0, `${stdout}${stderr}`);
  }
  const { requests, faults } = await enough();
  t.diagnostic(`${requests.toLocaleString("en")} requests during ${applies} applies`);
  assert.deepEqual(faults, []);
  // As many as a slow machine answers, too, and enough for some to be under way in each reload.
  assert.ok(requests > 20 * applies, `there were only ${requests} requests`);
  assert.equal((await web.ask("http://changing.example.com/")).headers["x-version"], String(applies));
}
