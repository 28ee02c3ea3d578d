import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Senders } from "../../src/control/people/noticing.ts";
import { openTestEstate, password, type TestEstate } from "./estate.ts";

const [minute, hour] = [60_000, 3_600_000];

describe("a password that is forgotten", { timeout: 120_000 }, () => {
  let estate: TestEstate;
  let sent: { readonly to: string; readonly subject: string; readonly text: string; readonly html: string }[];
  const mailed = new EventEmitter();
  /** The mail server, while it takes its time. */
  let held: Promise<void> | undefined;
  before(async () => {
    const mail: Senders["mail"] = async (to, content) => {
      sent.push({ to, ...content });
      mailed.emit("one");
      await held;
    };
    estate = await openTestEstate([], { mail });
    await estate.as("ada@example.com", { isOperator: true });
  });
  beforeEach(async () => {
    sent = [];
    held = undefined;
    // What one test has asked for does not count in the next.
    estate.ahead += 25 * hour;
    await estate.people.failures.forgetOld(Date.now() + estate.ahead);
  });
  after(() => estate.close());

  const forgotten = (email: string) => estate.browser().ask("POST", "/v1/session/forgotten", { email });
  const secretIn = (text: string) => /\/welcome#([\w-]+)/.exec(text)?.[1] ?? "";
  /** Mail goes out after the answer. */
  async function mails(count: number): Promise<typeof sent> {
    while (sent.length < count) await once(mailed, "one");
    return sent;
  }

  it("is answered before the mail has gone out, so that no time tells whether there is such an account", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    assert.equal((await forgotten("ada@example.com")).status, 202);
    await mails(1);
    assert.equal((await forgotten("nobody@example.com")).status, 202);
    assert.equal(sent.length, 1);
    resolve();
  });

  it("is set anew by a link that comes by mail, and who was signed in is so no longer", async () => {
    const before = await estate.as("ada@example.com");
    assert.equal((await forgotten("ada@example.com")).status, 202);
    const [mail] = await mails(1);
    assert.equal(mail?.to, "ada@example.com");
    assert.equal(secretIn(mail?.text ?? ""), secretIn(mail?.html ?? ""));
    const secret = secretIn(mail?.text ?? "");
    const browser = estate.browser();
    assert.equal((await browser.ask("POST", "/v1/invitations/look", { secret })).body.is, "new password");
    const accepted = await browser.ask("POST", "/v1/invitations/accept", { secret, password });
    assert.equal(accepted.status, 200);
    assert.equal((await before.get("/v1/me")).status, 401);
    assert.equal((await browser.ask("POST", "/v1/invitations/accept", { secret, password })).status, 404);
  });

  it("is nobody's business: of others the answer is the same, and no mail goes out", async () => {
    assert.equal((await forgotten("nobody@example.com")).status, 202);
    await estate.people.accounts.add(
      { email: "elsewhere@example.com", name: "E", language: "de", isOperator: false, tenants: {}, subject: "x 1" },
      { at: 0, actor: "test", cause: "test" },
    );
    assert.equal((await forgotten("elsewhere@example.com")).status, 202);
    // What is sent to somebody afterwards shows that the others were done with.
    await forgotten("ada@example.com");
    assert.deepEqual(
      (await mails(1)).map(({ to }) => to),
      ["ada@example.com"],
    );
  });

  it("is asked for a few times, and no more for a while", async () => {
    for (let time = 1; time <= 6; time++) assert.equal((await forgotten("ada@example.com")).status, 202);
    await mails(3);
    await forgotten("nobody@example.com");
    assert.equal(sent.length, 3);
    estate.ahead += 2 * hour;
    await forgotten("ada@example.com");
    assert.equal((await mails(4)).length, 4);
  });

  it("is good for an hour", async () => {
    await forgotten("ada@example.com");
    const [mail] = await mails(1);
    estate.ahead += hour + minute;
    const secret = secretIn(mail?.text ?? "");
    assert.equal((await estate.browser().ask("POST", "/v1/invitations/look", { secret })).status, 404);
  });

  it("is an operator's to replace where no mail is set up", async () => {
    const other = await openTestEstate();
    const { status, body } = await other.browser().ask("POST", "/v1/session/forgotten", { email: "ada@example.com" });
    assert.deepEqual([status, body.detail], [409, "no mail is set up here; an operator can give you a link"]);
    await other.close();
  });
});

describe("an invitation of somebody who has an account", () => {
  let estate: TestEstate;
  before(async () => {
    estate = await openTestEstate();
    await estate.as("op@example.com", { isOperator: true });
    for (const name of ["acme", "beta"]) await estate.tenant({ name, title: name.toUpperCase() });
  });
  after(() => estate.close());

  it("lets them into one more tenant once they say so, and nobody else", async () => {
    const free = await estate.as("free@example.com", { tenants: { acme: "member" } });
    const admin = await estate.as("admin@beta.example", { tenants: { beta: "admin" } });
    const invited = await admin.ask("POST", "/v1/invitations", {
      ...{ email: "free@example.com", tenant: "beta", role: "viewer" },
    });
    assert.equal(invited.status, 201);
    const secret = /#(.*)/.exec(invited.body.link)![1]!;
    assert.deepEqual((await free.get("/v1/me")).body.rights.tenants, { acme: "member" });
    assert.deepEqual((await free.ask("POST", "/v1/invitations/look", { secret })).body, {
      ...{ is: "one more tenant", email: "free@example.com", tenant: "BETA" },
    });
    const other = await admin.ask("POST", "/v1/invitations/join", { secret });
    assert.deepEqual([other.status, other.body.detail.includes("is for free@example.com")], [422, true]);
    const joined = await free.ask("POST", "/v1/invitations/join", { secret });
    assert.equal(joined.status, 204, JSON.stringify(joined.body));
    assert.deepEqual((await free.get("/v1/me")).body.rights.tenants, { acme: "member", beta: "viewer" });
    assert.equal((await free.ask("POST", "/v1/invitations/join", { secret })).status, 404);
  });

  it("cannot be used to set their password", async () => {
    const admin = await estate.as("admin@beta.example");
    await estate.as("safe@example.com", { tenants: { acme: "member" } });
    const invited = await admin.ask("POST", "/v1/invitations", {
      ...{ email: "safe@example.com", tenant: "beta", role: "admin" },
    });
    const secret = /#(.*)/.exec(invited.body.link)![1]!;
    const body = { secret, name: "X", password: "another long password" };
    assert.equal((await estate.browser().ask("POST", "/v1/invitations/accept", body)).status, 422);
  });
});
