import { describe, it } from "node:test";
import { told, visitor } from "./browser.ts";

describe("an operator in a browser", () => {
  const visit = visitor();
  const { button, portrayed } = visit;

  it("sees what somebody has changed on a host by hand, line by line, and puts it right", async () => {
    await visit.page.goto(told().link);
    await visit.page.getByLabel("Your name").fill("Eve");
    await visit.page.getByLabel("Choose a password").fill("correct horse battery");
    await button("Create the account").click();
    await visit.page.getByRole("link", { name: "Hosts" }).click();
    await button("Look for changes by hand").click();
    await visit.page.getByText("shop.acme.example.conf").first().waitFor();
    await visit.page.getByText("# by hand").waitFor();
    await portrayed("host-drift");
    await button("Keep mine: put right what is stated").click();
    await visit.page.getByText("Everything there is as stated.").waitFor();
  });
});
