import { writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { told, visitor } from "./browser.ts";

describe("an operator in a browser", () => {
  const visit = visitor();
  const { button, heading, portrayed } = visit;

  it("looks at a machine: how it fares, what runs there, what it has carried out", async () => {
    await visit.page.goto(told().link);
    await visit.page.getByLabel("Your name").fill("Frank");
    await visit.page.getByLabel("Choose a password").fill("correct horse battery");
    await button("Create the account").click();
    await visit.page.getByRole("link", { name: "Hosts" }).click();
    await button("The machine").click();
    await visit.page.getByText(/debian \d+, Linux/).waitFor();
    await visit.page.getByText(/^apache2/).waitFor();
    await visit.page.getByRole("heading", { name: "Generations" }).waitFor();
    await portrayed("host-machine");
  });

  it("takes the host back to the generation before", async () => {
    const back = visit.page.getByRole("button", { name: "Back to this" });
    await back.first().click();
    await visit.page.getByRole("heading", { name: /: back to generation \d+\?$/ }).waitFor();
    await portrayed("host-back");
    await visit.page.getByRole("alertdialog").getByRole("button", { name: "Back to this" }).click();
    await visit.page.getByText("Stated again. It is being applied.").waitFor();
    await visit.page.getByRole("link", { name: "Events" }).click();
    await visit.page
      .getByText(/roll .* back to generation \d+/)
      .first()
      .waitFor();
    await visit.page.getByRole("link", { name: "Hosts" }).click();
  });

  it("takes what somebody has changed there by hand into the record", async () => {
    await button("Look for changes by hand").click();
    await visit.page.getByRole("button", { name: /Take theirs into the record: .*shop\.acme\.example\.conf/ }).click();
    await heading("shop.acme.example");
    await visit.page.getByLabel("YAML").filter({ hasText: "SetEnv BY_HAND yes" }).waitFor();
    await button("See what would change").click();
    await visit.page.getByRole("heading", { name: "What would change" }).waitFor();
    await button("Save").click();
    await visit.page.getByText("It is live and answers.").waitFor();
  });

  it("makes a token, which is shown once", async () => {
    await visit.page.getByRole("link", { name: "Frank" }).click();
    await heading("Your account");
    await visit.page.getByLabel("What it is for").fill("upkeep login");
    await button("Make a token").click();
    await visit.page.getByText("Copy it now; it is not shown again.").waitFor();
    writeFileSync("/root/token", (await visit.page.getByRole("status").locator("pre").textContent()) ?? "");
    await portrayed("account-token");
    await visit.page.reload();
    await button("Remove: upkeep login").waitFor();
  });
});
