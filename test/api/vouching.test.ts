import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";
import { type Claims, openIdentityProvider } from "./identity-provider.ts";

describe("signing in with an account elsewhere", () => {
  let estate: TestEstate;
  let campus: Awaited<ReturnType<typeof openIdentityProvider>>;
  before(async () => {
    campus = await openIdentityProvider();
    estate = await openTestEstate([campus.stated]);
    await estate.tenant({ name: "acme" });
  });
  after(async () => {
    campus.close();
    await estate.close();
  });

  /** There and back; returns where the browser ends, with its cookies. */
  async function goes(
    claims: Claims,
    browser: Browser = estate.browser(),
    change = (url: URL) => url,
  ): Promise<string> {
    campus.claims = claims;
    const begun = await browser.get("/v1/session/oidc/campus");
    assert.equal(begun.status, 302);
    const away = begun.headers.getSetCookie().find((each) => each.startsWith("__Host-upkeep-away="))!;
    for (const word of ["HttpOnly", "Secure", "SameSite=Lax"]) assert.ok(away.includes(word));
    const there = await fetch(begun.headers.get("location")!, { redirect: "manual" });
    const back = change(new URL(there.headers.get("location")!));
    const ended = await browser.get(back.pathname + back.search, { cookie: away.split(";")[0]! });
    assert.equal(ended.status, 302);
    return ended.headers.get("location")!;
  }
  const emailOf = async (browser: Browser) => (await browser.get("/v1/me")).body.account?.email;

  it("lets in who is invited, and the next time by who they are, whatever their address is then", async () => {
    await estate.people.invitations.add({
      email: "ann@campus.example",
      isOperator: false,
      tenant: "acme",
      role: "member",
      invitedBy: "test",
      expiresAt: Date.now() + 60_000,
    });
    const ann: Claims = { sub: "ann", email: "Ann@campus.example", email_verified: true, name: "Ann" };
    const first = estate.browser();
    assert.equal(await goes(ann, first), "/");
    const { account } = (await first.get("/v1/me")).body;
    assert.deepEqual(
      [account.email, account.tenants, account.hasPassword],
      ["ann@campus.example", { acme: "member" }, false],
    );
    const second = estate.browser();
    assert.equal(await goes({ ...ann, email: "ann@elsewhere.example" }, second), "/");
    assert.equal(await emailOf(second), "ann@campus.example");
  });

  it("lets in who has an account of that address, if the provider has made sure of it, and nobody else by it", async () => {
    await estate.as("bob@campus.example");
    const bob: Claims = { sub: "bob", email: "bob@campus.example", email_verified: true };
    assert.equal(await goes({ ...bob, email_verified: false }), "/?refused=unknown");
    const browser = estate.browser();
    assert.equal(await goes(bob, browser), "/");
    assert.equal(await emailOf(browser), "bob@campus.example");
    assert.equal(await goes({ ...bob, sub: "mallory" }), "/?refused=unknown");
  });

  it("lets in nobody who is unknown or disabled", async () => {
    assert.equal(await goes({ sub: "eve", email: "eve@campus.example", email_verified: true }), "/?refused=unknown");
    const { id } = (await estate.people.accounts.named("bob@campus.example"))!;
    await estate.as("op@example.com", { isOperator: true });
    await estate.people.accounts.change(id, { isDisabled: true }, { at: 0, actor: "test", cause: "test" });
    assert.equal(await goes({ sub: "bob" }), "/?refused=unknown");
  });

  it("believes no word that is for somebody else, for another time, or changed on the way", async () => {
    const ann: Claims = { sub: "ann" };
    assert.equal(await goes({ ...ann, nonce: "another" }), "/?refused=provider");
    assert.equal(await goes({ ...ann, aud: "another" }), "/?refused=provider");
    assert.equal(await goes({ ...ann, iss: "https://another.example" }), "/?refused=provider");
    const changed = (url: URL) => {
      url.searchParams.set("state", "another");
      return url;
    };
    assert.equal(await goes(ann, estate.browser(), changed), "/?refused=provider");
    const noCookie = await estate.browser().get("/v1/session/oidc/campus/callback?code=x&state=y");
    assert.equal(noCookie.headers.get("location"), "/?refused=provider");
  });
});
