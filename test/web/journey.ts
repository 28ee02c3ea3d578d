import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Secret, TOTP } from "otpauth";
import { told, visitor } from "./browser.ts";

const password = "correct horse battery";
const origin = "https://localhost:8443";

describe("a person in a browser", () => {
  const visit = visitor();
  const { heading, button, portrayed } = visit;

  it("makes the first account with the link that was printed, and sees that nothing is there yet", async () => {
    await visit.page.goto(told().link);
    await heading("Welcome to Upkeep");
    await portrayed("welcome");
    await visit.page.getByLabel("E-mail address").fill("ada@example.com");
    await visit.page.getByLabel("Your name").fill("Ada");
    await visit.page.getByLabel("Choose a password").fill(password);
    await button("Create the account").click();
    await heading("Overview");
    await visit.page.getByRole("heading", { name: "Nothing is stated yet" }).waitFor();
    await portrayed("overview-empty");
  });

  it("sets up an app for the second step, and is asked for its code from then on", async () => {
    await visit.page.getByRole("link", { name: "Ada" }).click();
    await heading("Your account");
    await button("Set up an app").click();
    const secret = await visit.page.getByLabel("Secret", { exact: true }).inputValue();
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    await visit.page.getByLabel("Code", { exact: true }).fill(code);
    await button("Confirm").click();
    await visit.page.getByRole("heading", { name: "Recovery codes" }).waitFor();
    await portrayed("account");
    const codes = (await visit.page.getByRole("status").locator("pre").innerText()).split("\n");
    assert.equal(codes.length, 10);
    await button("Sign out").click();
    await heading("Sign in");
    await portrayed("sign-in");
    await button("Forgotten your password?").click();
    await visit.page.getByLabel("E-mail address").fill("ada@example.com");
    await button("Send a link").click();
    await visit.page.getByRole("alert").filter({ hasText: "no mail is set up here" }).waitFor();
    await portrayed("forgotten");
    await button("Back to signing in").click();
    await visit.page.getByLabel("E-mail address").fill("ada@example.com");
    await visit.page.getByLabel("Password").fill(password);
    await button("Sign in").click();
    await heading("Second step");
    await portrayed("second-step");
    await visit.page.getByLabel("Code").fill(codes[0]!);
    await button("Sign in").click();
    await heading("Overview");
  });

  it("adds a passkey, and signs in with nothing else", async () => {
    const devtools = await visit.context.newCDPSession(visit.page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await visit.page.goto(`${origin}/account`);
    await button("Add a passkey").click();
    await visit.page.getByText("This device").waitFor();
    await button("Sign out").click();
    await heading("Sign in");
    await button("Sign in with a passkey").click();
    await visit.page.getByRole("link", { name: "Ada" }).waitFor();
  });

  it("states a site by a form, sees what would change, and watches it go live", async () => {
    await visit.page.goto(`${origin}/records/new`);
    await heading("New record");
    await visit.page.getByLabel("Name", { exact: true }).fill("shop.example.com");
    await visit.page.getByLabel("Host", { exact: true }).fill("web1");
    await visit.page.getByLabel("YAML").fill("user: alice\nheaders:\n  X-Version: one\n");
    await button("See what would change").click();
    await visit.page.getByRole("heading", { name: "What would change" }).waitFor();
    await visit.page.getByText("Header always set X-Version one").waitFor();
    await portrayed("record-new");
    await button("Save").click();
    await heading("shop.example.com");
    await visit.page.getByText("It is live and answers.").waitFor();
    await portrayed("record-live");
  });

  it("breaks it, reads why it was set aside, and goes back with one click", async () => {
    await visit.page.getByLabel("YAML").fill("user: alice\ncustom: [NoSuchDirective on]\n");
    await button("Save").click();
    await visit.page.getByText("The server program refused it.").waitFor();
    await visit.page.getByText("Invalid command 'NoSuchDirective'").first().waitFor();
    await portrayed("record-set-aside");
    await visit.page.goto(`${origin}/`);
    await visit.page.getByRole("heading", { name: "1 thing needs you" }).waitFor();
    await portrayed("overview-trouble");
    await visit.page.getByRole("link", { name: "Site/shop.example.com" }).first().click();
    await button("Back to this").first().click();
    await visit.page.waitForFunction(() => {
      const { document } = globalThis as unknown as {
        document: { querySelector(of: string): { value: string } | null };
      };
      return document.querySelector("textarea")?.value.includes("X-Version: one");
    });
    await visit.page.getByText("It is live and answers.").waitFor();
  });

  it("has been told how all of that ended, and says how often it wants to be", async () => {
    await visit.page.getByRole("link", { name: "Notices" }).click();
    await heading("Notices");
    await visit.page.getByText("shop.example.com was refused by the server program").waitFor();
    await visit.page.getByText("shop.example.com is live").first().waitFor();
    await portrayed("notices");
    await visit.page.getByRole("link", { name: "Ada" }).click();
    await visit.page.getByLabel("By mail").click();
    await visit.page.getByRole("option", { name: "at most every day" }).click();
    await visit.page.getByText("hosts that are lost, or back").click();
    await button("Save").click();
    await visit.page.getByLabel("By mail").filter({ hasText: "at most every day" }).waitFor();
    await portrayed("account-wishes");
  });

  it("finds records, hosts and events", async () => {
    await visit.page.getByRole("link", { name: "Records" }).click();
    await heading("Records");
    await visit.page.getByLabel("Search by name").fill("shop");
    await visit.page.getByRole("link", { name: "shop.example.com" }).waitFor();
    await portrayed("records");
    await visit.page.getByLabel("Search by name").fill("nothing like it");
    await visit.page.getByRole("heading", { name: "Nothing is found" }).waitFor();
    await visit.page.getByRole("link", { name: "Hosts" }).click();
    await heading("Hosts");
    await visit.page.getByRole("heading", { name: "web1" }).waitFor();
    await portrayed("hosts");
    await visit.page.getByRole("link", { name: "Events" }).click();
    await heading("Events");
    await visit.page.getByText("stated Site/shop.example.com").first().waitFor();
    await portrayed("events");
    await visit.page.getByLabel("Only what has these words").fill("shop quarantined");
    await visit.page.getByText("set aside").waitFor();
    assert.equal(await visit.page.getByText("stated Site/shop.example.com").count(), 0);
    await visit.page.getByRole("link", { name: "Audit log" }).click();
    await heading("Audit log");
    await visit.page.getByText("NoSuchDirective").first().waitFor();
    await portrayed("audit");
  });

  it("makes a customer, and goes anywhere by a few letters", async () => {
    await visit.page.keyboard.press("Control+k");
    await visit.page.getByPlaceholder("A record, a screen …").fill("cust");
    await visit.page.getByRole("option", { name: "Customers" }).waitFor();
    await portrayed("palette");
    await visit.page.keyboard.press("ArrowDown");
    await visit.page.keyboard.press("Enter");
    await heading("Customers");
    await visit.page.getByLabel("Name", { exact: true }).fill("Rival Ltd");
    await visit.page.getByLabel("Short name").fill("rival");
    await button("New customer").click();
    await heading("Rival Ltd");
    await visit.page.getByLabel("Sites").fill("5");
    await button("Save").click();
    await visit.page.getByText("0 of 5").waitFor();
    await visit.page.getByLabel("E-mail address").fill("carl@rival.example");
    await button("Invite somebody").click();
    await visit.page.getByText("Give them this link.").waitFor();
    await portrayed("customer-limits");
    await button("See what they see").click();
    await visit.page.getByText("You look at what Rival Ltd sees.").waitFor();
    await visit.page.getByRole("heading", { name: "Nothing is stated yet" }).waitFor();
    await portrayed("looks-as");
    await button("Stop").click();
    await visit.page.getByRole("link", { name: "Records" }).waitFor();
    await visit.page.keyboard.press("Control+k");
    await visit.page.getByPlaceholder("A record, a screen …").fill("shop");
    await visit.page.getByRole("option", { name: "shop.example.com" }).click();
    await heading("shop.example.com");
  });

  it("reads German, when that is theirs", async () => {
    await visit.page.getByRole("link", { name: "Ada" }).click();
    await visit.page.getByLabel("Language").click();
    await visit.page.getByRole("option", { name: "Deutsch" }).click();
    await heading("Ihr Konto");
    assert.equal(await visit.page.locator("html").getAttribute("lang"), "de");
    await visit.page.getByLabel("Sprache").click();
    await visit.page.getByRole("option", { name: "English" }).click();
    await heading("Your account");
  });

  it("has heard no complaint from any page", () => {
    // A look that finds nothing is told to the console as well.
    const own = visit.complaints.filter((each) => !/status of (401|404|409|422)/.test(each));
    assert.deepEqual(own, []);
  });
});
