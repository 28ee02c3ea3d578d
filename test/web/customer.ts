import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { told, visitor } from "./browser.ts";

const origin = "https://localhost:8443";

describe("a customer in a browser", () => {
  const visit = visitor();
  const { heading, button, portrayed } = visit;

  it("comes by a link for one address, and sees nothing of others", async () => {
    await visit.page.goto(told().link);
    await visit.page.getByText("You have been invited to Acme Ltd.").waitFor();
    assert.equal(await visit.page.getByLabel("E-mail address").inputValue(), "bob@acme.example");
    await visit.page.getByLabel("Your name").fill("Bob");
    await visit.page.getByLabel("Choose a password").fill("correct horse battery");
    await button("Create the account").click();
    await visit.page.getByRole("heading", { name: "Nothing is stated yet" }).waitFor();
    assert.equal(await visit.page.getByRole("link", { name: "Hosts" }).count(), 0);
    await visit.page.getByRole("link", { name: "My sites" }).click();
    await visit.page.getByRole("heading", { name: "Nothing is found" }).waitFor();
    await portrayed("customer-sites");
  });

  it("states a site by its name alone, by keyboard alone, and watches it go live", async () => {
    await visit.page.goto(`${origin}/records/new`);
    await heading("New record");
    const reach = async (name: string) => {
      for (let presses = 0; presses < 60; presses++) {
        const focused = visit.page.locator(":focus");
        const label = await focused.evaluate(
          (element) =>
            (element as unknown as { labels?: { textContent: string }[]; textContent: string }).labels?.[0]
              ?.textContent ?? element.textContent,
        );
        if (label?.trim() === name) return;
        await visit.page.keyboard.press("Tab");
      }
      assert.fail(`${name} is not reached by keyboard`);
    };
    await reach("Name");
    await visit.page.keyboard.type("shop.acme.example");
    await reach("Save");
    await visit.page.keyboard.press("Enter");
    await heading("shop.acme.example");
    await visit.page.getByText("It is live and answers.").waitFor();
    await portrayed("customer-site-live");
  });

  it("takes the site offline by its switch, with a window, and opens it again", async () => {
    await visit.page.getByRole("link", { name: "Maintenance" }).click();
    await heading("Maintenance");
    await visit.page.getByText("open", { exact: true }).waitFor();
    await button("Take shop.acme.example offline").click();
    await visit.page.getByText("in maintenance", { exact: true }).waitFor();
    await button("Window and words").click();
    await visit.page.getByLabel("What the page says").fill("Back soon");
    await visit.page.frameLocator("iframe").getByText("Back soon").first().waitFor();
    await portrayed("maintenance");
    await button("Save").click();
    await button("Open shop.acme.example").click();
    await visit.page.getByText("open", { exact: true }).waitFor();
    await visit.page.getByRole("button", { name: "Begins by itself: calendar" }).click();
    await button("The month after").click();
    await portrayed("maintenance-calendar");
    await visit.page.getByRole("button", { name: /\b15\b/ }).click();
    await button("Save").click();
    const next = new Date();
    next.setMonth(next.getMonth() + 1, 15);
    const day = next.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
    await visit.page.getByText(`from ${day}`).waitFor();
  });

  it("reads in plain words what is not possible", async () => {
    const refused = async (name: string, says: RegExp) => {
      await visit.page.goto(`${origin}/records/new`);
      await visit.page.getByLabel("Name", { exact: true }).fill(name);
      await button("Save").click();
      await visit.page.getByRole("alert").filter({ hasText: says }).waitFor();
    };
    await refused("second.acme.example", /Acme Ltd may have 1 sites; this would be 2/);
    await portrayed("customer-quota");
    await refused("shop.other.example", /shop\.other\.example is not below acme\.example/);
    await refused("not a name", /name/);
  });

  it("is shown nothing that is somebody else's, whatever they type", async () => {
    await visit.page.goto(`${origin}/records/Site/shop.example.com`);
    await visit.page.getByText("This record does not exist, or is not yours to see.").waitFor();
    await visit.page.goto(`${origin}/hosts`);
    await visit.page.getByRole("alert").waitFor();
    const own = visit.complaints.filter((each) => !/status of (401|403|404|422)/.test(each));
    assert.deepEqual(own, []);
  });

  it("is not run by what somebody writes into a record", async () => {
    const script = "<img src=x onerror=alert(1)><script>alert(1)</script>";
    let alarmed = false;
    visit.page.on("dialog", (dialog) => {
      alarmed = true;
      void dialog.dismiss();
    });
    await visit.page.goto(`${origin}/records/Site/shop.acme.example`);
    await visit.page.getByLabel("YAML").fill(JSON.stringify({ headers: { "X-Words": script } }));
    await button("See what would change").click();
    await visit.page.getByText(script).first().waitFor();
    await button("Save").click();
    await visit.page.getByText("History").waitFor();
    await visit.page.getByText("It is live and answers.").waitFor();
    await visit.page.goto(`${origin}/events`);
    await heading("Events");
    assert.equal(alarmed, false);
  });
});
