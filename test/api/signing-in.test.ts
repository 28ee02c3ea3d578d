import assert from "node:assert/strict";
import { argon2 } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { Secret, TOTP } from "otpauth";
import { type DerivationCost, keepPasswords } from "../../src/control/people/password.ts";
import { cheapest, openTestEstate, password, type TestEstate } from "./estate.ts";

const codeAt = (secret: string, timestamp: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });

describe("signing in", () => {
  let estate: TestEstate;
  /** What each derivation of a key from a password has cost so far: nearly all of what signing in costs. */
  const derived: DerivationCost[] = [];
  const passwords = keepPasswords(cheapest, (algorithm, parameters) => {
    const { memory, passes, parallelism } = parameters;
    derived.push({ memory, passes, parallelism });
    return promisify(argon2)(algorithm, parameters);
  });
  before(async () => {
    estate = await openTestEstate([], { passwords });
    await estate.tenant({ name: "acme" });
  });
  after(() => estate.close());
  const now = () => Date.now() + estate.ahead;

  it("begins with a link that makes the first operator, once", async () => {
    const { secret } = await estate.people.invitations.add({
      isOperator: true,
      invitedBy: "the first start",
      expiresAt: now() + 1_000,
    });
    const browser = estate.browser();
    assert.equal((await browser.ask("POST", "/v1/invitations/look", { secret })).body.is, "new account");
    const accepted = { secret, email: "First@Example.com", name: "First", password };
    const made = await browser.ask("POST", "/v1/invitations/accept", accepted);
    assert.equal(made.body.account.isOperator, true);
    assert.equal((await browser.get("/v1/me")).body.account.email, "first@example.com");
    assert.equal((await estate.browser().ask("POST", "/v1/invitations/accept", accepted)).status, 404);
  });

  it("tells nobody which of both was wrong, nor whether there is such an account", async () => {
    await estate.as("known@example.com");
    const answers = [];
    for (const email of ["known@example.com", "unknown@example.com"])
      answers.push(await estate.browser().ask("POST", "/v1/session", { email, password: "wrong" }));
    assert.deepEqual(answers[0]!.body, answers[1]!.body);
    assert.equal(answers[0]!.status, 422);
  });

  it("does the same work for an account that is not there, has no password or is disabled", async () => {
    await estate.as("known@example.com");
    const signature = { at: now(), actor: "test", cause: "test" };
    const person = { name: "P", language: "en", isOperator: false, tenants: {} } as const;
    await estate.people.accounts.add({ ...person, email: "elsewhere@example.com", subject: "x 1" }, signature);
    await estate.as("disabled@example.com");
    const disabled = await estate.people.accounts.named("disabled@example.com");
    await estate.people.accounts.change(disabled!.id, { isDisabled: true }, signature);
    for (const email of ["known", "nobody", "elsewhere", "disabled"].map((name) => `${name}@example.com`)) {
      derived.length = 0;
      const { status } = await estate.browser().ask("POST", "/v1/session", { email, password: "wrong" });
      assert.deepEqual([status, derived], [422, [cheapest]], email);
    }
  });

  it("keeps out for a while whoever fails again and again, and longer each time; others come in", async () => {
    await estate.as("often@example.com");
    const fail = () => estate.browser().ask("POST", "/v1/session", { email: "often@example.com", password: "wrong" });
    const statuses = [];
    for (let time = 0; time < 6; time++) statuses.push((await fail()).status);
    assert.deepEqual(statuses, [422, 422, 422, 422, 422, 429]);
    const right = { email: "often@example.com", password };
    const locked = await estate.browser().ask("POST", "/v1/session", right);
    assert.equal(locked.status, 429);
    assert.ok(Number(locked.headers.get("retry-after")) <= 30);
    await estate.as("another@example.com");
    estate.ahead += 31_000;
    assert.equal((await fail()).status, 422);
    estate.ahead += 31_000;
    assert.equal((await fail()).status, 429);
    estate.ahead += 31_000;
    assert.equal((await estate.browser().ask("POST", "/v1/session", right)).status, 200);
    assert.ok(estate.logged.includes("sign-in refused from 127.0.0.1"));
  });

  it("asks for a code of the app, takes each once, and recovery codes once", async () => {
    const browser = await estate.as("app@example.com");
    const { secret, address, ticket } = (await browser.ask("POST", "/v1/me/totp")).body;
    assert.match(address, /^otpauth:\/\/totp\/Upkeep:app%40example\.com\?/);
    assert.equal((await browser.ask("PUT", "/v1/me/totp", { ticket, code: "000000" })).status, 422);
    const { recoveryCodes } = (await browser.ask("PUT", "/v1/me/totp", { ticket, code: codeAt(secret, now()) })).body;
    assert.equal(recoveryCodes.length, 10);

    const half = async () => {
      const other = estate.browser();
      const answer = await other.signIn("app@example.com", password);
      assert.equal(answer.body.stage, "second factor");
      assert.equal((await other.get("/v1/me")).status, 401);
      return other;
    };
    const used = await half();
    // That code was used when the app was shown.
    assert.equal((await used.ask("POST", "/v1/session/second", { code: codeAt(secret, now()) })).status, 422);
    estate.ahead += 30_000;
    const code = codeAt(secret, now());
    assert.equal((await used.ask("POST", "/v1/session/second", { code })).status, 200);
    assert.equal((await used.get("/v1/me")).status, 200);
    assert.equal((await (await half()).ask("POST", "/v1/session/second", { code })).status, 422);
    const recovered = await half();
    const typed = recoveryCodes[3].toUpperCase().replaceAll("-", " ");
    assert.equal((await recovered.ask("POST", "/v1/session/second", { code: typed })).status, 200);
    assert.equal((await recovered.get("/v1/me")).body.recoveryCodesLeft, 9);
    assert.equal((await (await half()).ask("POST", "/v1/session/second", { code: typed })).status, 422);
  });

  it("gives a new session each time, whatever the browser brought", async () => {
    const browser = await estate.as("fixed@example.com");
    const { cookie: before } = browser;
    await browser.signIn("fixed@example.com", password);
    assert.notEqual(browser.cookie, before);
    const thief = estate.browser();
    thief.cookie = before;
    assert.equal((await thief.get("/v1/me")).status, 401);
    thief.cookie = "__Host-upkeep=chosen-by-somebody";
    await thief.signIn("fixed@example.com", password);
    assert.notEqual(thief.cookie, "__Host-upkeep=chosen-by-somebody");
  });

  it("ends all other sessions with a new password, and this one by signing out", async () => {
    const [one, other] = [await estate.as("two@example.com"), await estate.as("two@example.com")];
    const changed = { current: password, password: "another long password" };
    assert.equal((await one.ask("PUT", "/v1/me/password", { ...changed, current: "wrong" })).status, 422);
    assert.equal((await one.ask("PUT", "/v1/me/password", changed)).status, 204);
    assert.equal((await other.get("/v1/me")).status, 401);
    const { cookie } = one;
    assert.equal((await one.ask("DELETE", "/v1/session")).status, 204);
    one.cookie = cookie;
    assert.equal((await one.get("/v1/me")).status, 401);
  });

  it("does nothing for a page of somebody else's", async () => {
    const browser = await estate.as("csrf@example.com", { isOperator: true });
    const make = (headers: Record<string, string>) =>
      browser.ask("PUT", "/v1/tenants/evil", { title: "Evil" }, headers);
    const { csrf } = browser;
    browser.csrf = undefined;
    assert.equal((await make({})).status, 403);
    assert.equal((await make({ "x-csrf-token": "guessed" })).status, 403);
    browser.csrf = csrf;
    assert.equal((await make({ origin: "https://evil.example" })).status, 403);
    assert.equal((await make({ "content-type": "text/plain" })).status, 415);
    assert.equal((await make({ origin: estate.url })).status, 204);
    const set = (await estate.browser().signIn("csrf@example.com", password)).headers.getSetCookie()[0]!;
    for (const word of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"]) assert.ok(set.includes(word), set);
  });

  it("forgets who has not been there for half a day", async () => {
    const browser = await estate.as("idle@example.com");
    estate.ahead += 11 * 3_600_000;
    assert.equal((await browser.get("/v1/me")).status, 200);
    estate.ahead += 11 * 3_600_000;
    assert.equal((await browser.get("/v1/me")).status, 200);
    estate.ahead += 13 * 3_600_000;
    assert.equal((await browser.get("/v1/me")).status, 401);
  });

  it("keeps out at once whom an operator disables, also their tokens, and keeps the last operator", async () => {
    const operator = await estate.as("op@example.com", { isOperator: true });
    const victim = await estate.as("victim@example.com", { tenants: { acme: "member" } });
    const { secret } = (await victim.ask("POST", "/v1/me/tokens", { name: "ci" })).body;
    const program = estate.browser();
    program.token = secret;
    assert.equal((await program.get("/v1/me")).status, 200);
    const { id } = (await victim.get("/v1/me")).body.account;
    assert.equal((await operator.ask("PATCH", `/v1/accounts/${id}`, { isDisabled: true })).status, 200);
    assert.equal((await victim.get("/v1/me")).status, 401);
    assert.equal((await program.get("/v1/me")).status, 401);
    const refused = await estate.browser().ask("POST", "/v1/session", { email: "victim@example.com", password });
    assert.equal(refused.status, 422);
    for (const account of (await operator.get("/v1/accounts")).body)
      if (account.isOperator && account.email !== "op@example.com")
        await operator.ask("DELETE", `/v1/accounts/${account.id}`);
    const self = (await operator.get("/v1/me")).body.account.id;
    assert.match(
      (await operator.ask("PATCH", `/v1/accounts/${self}`, { isOperator: false })).body.detail,
      /last operator/,
    );
  });

  it("says nothing secret to its log", () => {
    const all = estate.logged.join("\n");
    assert.ok(!all.includes(password) && !/upkeep_|__Host/.test(all), all);
  });
});
