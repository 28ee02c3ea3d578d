import { csrfOf } from "../../src/control/http/cookies.ts";
import type { Role } from "../../src/model/role.ts";
import { Browser } from "./browser.ts";
import type { TestEstate } from "./estate.ts";

/** Whoever may come, each of tenant `acme` where they are of any. */
export const actors = [
  /** Not signed in. */
  "nobody",
  /** Has shown a password, and not the second factor. */
  "half",
  "viewer",
  "member",
  "admin",
  "operator",
  /** An operator who looks at what `acme` sees. */
  "spectator",
  /** A member's token that only looks. */
  "reader",
  /** A member's token. */
  "program",
  /** An operator's token for `acme` alone. */
  "confined",
  /** An admin of both `acme` and `third`, whose token is for `third`. */
  "elsewhere",
] as const;

export type Actor = (typeof actors)[number];

const rights: Readonly<Record<Actor, { readonly isOperator?: boolean; readonly tenants?: Record<string, Role> }>> = {
  nobody: {},
  half: { isOperator: true },
  viewer: { tenants: { acme: "viewer" } },
  member: { tenants: { acme: "member" } },
  admin: { tenants: { acme: "admin" } },
  operator: { isOperator: true },
  spectator: { isOperator: true },
  reader: { tenants: { acme: "member" } },
  program: { tenants: { acme: "member" } },
  confined: { isOperator: true },
  elsewhere: { tenants: { acme: "admin", third: "admin" } },
};

/** Somebody who comes anew, with a session or token of their own. */
export async function come(estate: TestEstate, actor: Actor): Promise<Browser> {
  const { people } = estate;
  const browser = new Browser(estate.url);
  if (actor === "nobody") return browser;
  const email = `${actor}@example.com`;
  const now = Date.now();
  const account =
    (await people.accounts.named(email)) ??
    (await people.accounts.add(
      { email, name: actor, language: "en", isOperator: false, tenants: {}, ...rights[actor] },
      { at: now, actor: "test", cause: "test" },
    ));
  if (actor === "reader" || actor === "program" || actor === "confined" || actor === "elsewhere") {
    const tenant = actor === "confined" ? "acme" : actor === "elsewhere" ? "third" : undefined;
    const { secret } = await people.apiTokens.add({
      account: account.id,
      name: "test",
      readOnly: actor === "reader",
      ...(tenant !== undefined && { tenant }),
      createdAt: now,
      expiresAt: now + 86_400_000,
    });
    browser.token = secret;
    return browser;
  }
  const stage = actor === "half" ? "first" : "signed in";
  const { secret, id } = await people.sessions.begin(
    { account: account.id, stage, agent: "test", address: "::1" },
    now,
  );
  if (actor === "spectator") await people.sessions.lookAs(id, "acme");
  browser.cookie = `__Host-upkeep=${secret}`;
  browser.csrf = csrfOf(secret);
  return browser;
}
