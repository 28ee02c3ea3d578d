import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { told, visitor } from "./browser.ts";

const origin = "https://localhost:8443";
const password = "correct horse battery";

describe("somebody who has an account", () => {
  const visit = visitor();
  const { heading, button, portrayed } = visit;
  let link = "";
  /** What the page itself may ask: it believes the certificate. */
  const asked = <T>(ask: () => Promise<T>): Promise<T> => visit.page.evaluate(ask);

  it("is invited by the admin of another tenant", async () => {
    await visit.page.goto(told().link);
    await visit.page.getByLabel("Your name").fill("Carol");
    await visit.page.getByLabel("Choose a password").fill(password);
    await button("Create the account").click();
    await visit.page.getByRole("heading", { name: "Nothing is stated yet" }).waitFor();
    link = await asked(async () => {
      const { csrf } = (await (await fetch("/v1/me")).json()) as { csrf: string };
      const response = await fetch("/v1/invitations", {
        method: "POST",
        headers: { "x-csrf-token": csrf, "content-type": "application/json" },
        body: JSON.stringify({ email: "bob@acme.example", tenant: "beta", role: "viewer" }),
      });
      return ((await response.json()) as { link: string }).link;
    });
    assert.match(link, /\/welcome#/);
  });

  it("is told that they have one, and joins once they have signed in", async () => {
    await visit.context.clearCookies();
    await visit.page.goto(link);
    await heading("You have an account already");
    await visit.page.getByText("Sign in as bob@acme.example").waitFor();
    await portrayed("join");
    const tab = await visit.context.newPage();
    await tab.goto(origin);
    await tab.getByLabel("E-mail address").fill("bob@acme.example");
    await tab.getByLabel("Password").fill(password);
    await tab.getByRole("button", { name: "Sign in", exact: true }).click();
    await tab.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    await visit.page.reload();
    await button("Join").click();
    await heading("Overview");
    const tenants = await asked(async () => {
      const me = (await (await fetch("/v1/me")).json()) as { rights: { tenants: Record<string, string> } };
      return me.rights.tenants;
    });
    assert.deepEqual(tenants, { acme: "member", beta: "viewer" });
  });
});
