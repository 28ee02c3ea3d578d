import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { describe as inItsOwnWords } from "../../src/control/http/app.ts";
import { type Actor, actors, come } from "./actors.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";
import { permissions } from "./permissions.ts";

/** What whoever may not do something gets: as if it were not there, or not theirs. */
const refusals = new Set([401, 403, 404]);

describe("the API lets in whom it should", () => {
  let estate: TestEstate;
  let count = 0;
  before(async () => {
    estate = await openTestEstate();
    for (const name of ["acme", "rival", "third"]) await estate.tenant({ name });
  });
  after(() => estate.close());

  it("knows of every operation who may", () => {
    const { paths = {} } = inItsOwnWords(estate.api);
    const operations = Object.values(paths).flatMap((path) =>
      Object.values(path as object).map(({ operationId }) => String(operationId)),
    );
    assert.deepEqual([...operations].sort(), Object.keys(permissions).sort());
  });

  /** Whether somebody gets in; a stream is left at once. */
  async function getsIn(actor: Actor, tenant: string, name: string): Promise<{ is: boolean; status: number }> {
    const { ask } = permissions[name]!;
    const browser = await come(estate, actor);
    const { method, path, body } = await ask(estate, tenant, ++count);
    // Nobody comes so often that they are told to wait.
    estate.ahead += 1_000;
    const answer = name === "events" ? await opened(browser, path) : await browser.ask(method, path, body);
    assert.ok(answer.status < 500 || answer.status === 503, `${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return { is: !refusals.has(answer.status), status: answer.status };
  }

  for (const [name, { own, other }] of Object.entries(permissions))
    it(`${name}: ${own.join(" ") || "none but whose it is"}`, async () => {
      for (const actor of actors) {
        const found = await getsIn(actor, "acme", name);
        assert.equal(found.is, own.includes(actor), `${actor}, of acme's: ${found.status}`);
        if (!other) continue;
        const elsewhere = await getsIn(actor, "rival", name);
        assert.equal(elsewhere.is, other.includes(actor), `${actor}, of a rival's: ${elsewhere.status}`);
      }
    });
});

async function opened(browser: Awaited<ReturnType<typeof come>>, path: string) {
  const over = new AbortController();
  const response = await fetch(browser.url + path, {
    signal: over.signal,
    headers: {
      ...(browser.cookie !== undefined && { cookie: browser.cookie }),
      ...(browser.token !== undefined && { authorization: `Bearer ${browser.token}` }),
    },
  });
  over.abort();
  return { status: response.status, body: "" };
}
