import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readyJails } from "../../src/kinds/jail/ready.ts";
import { eventually, openEstate, type TestEstate } from "./estate/estate.ts";

/** Pictures of every screen, for whoever wants to look. */
const pictures = join(import.meta.dirname, "../../build/pictures");

describe("the web interface", () => {
  let estate: TestEstate<"web1">;
  before(async () => {
    rmSync(pictures, { recursive: true, force: true });
    estate = await openEstate(["web1"], { packages: "full" });
  });
  after(() => estate?.close());

  /** Has Chromium do what a file says, on the control plane's machine. */
  async function travels(journey: string, link: string): Promise<void> {
    const { control } = estate;
    control.write("/root/journey.json", JSON.stringify({ link, pictures: "/root/pictures" }));
    const node = "/opt/upkeep/node_modules/.bin/node";
    const path = `/opt/upkeep/test/web/${journey}.ts`;
    const { code, stdout } = await control.exec([node, "--test", "--test-reporter=spec", path]);
    mkdirSync(pictures, { recursive: true });
    if (existsSync(control.path("/root/pictures")))
      cpSync(control.path("/root/pictures"), pictures, { recursive: true });
    assert.equal(code, 0, stdout);
  }

  test("takes a person from the first link to a site that is live", { timeout: 300_000 }, async () => {
    let link = "";
    await eventually("the link of the first start is in the journal", async () => {
      const { stdout } = await estate.control.exec(["journalctl", "--unit=upkeep-server", "--output=cat"]);
      link = /https:\/\/\S+\/welcome#\S+/.exec(stdout)?.[0] ?? "";
      return link !== "";
    });
    await travels("journey", link);
  });

  test("keeps customers to what is theirs, within what they may have", { timeout: 300_000 }, async () => {
    const { control, hosts } = estate;
    const limits = ["--title", "Acme Ltd", "--quota", "sites=1", "--suffixes", "acme.example", "--hosts", "web1"];
    assert.equal((await control.upkeep("tenant", "set", "acme", ...limits)).code, 0);
    const invited = await control.upkeep("user", "invite", "bob@acme.example", "--tenant", "acme", "--json");
    await travels("customer", JSON.parse(invited.stdout).link);
    assert.equal((await hosts.web1.ask("http://shop.acme.example/")).status, 200);
    assert.match((await control.upkeep("tenant", "show", "acme")).stdout, /sites: 1 of 1/);
  });

  test("lets somebody who has an account into one more tenant", { timeout: 300_000 }, async () => {
    const { control } = estate;
    assert.equal((await control.upkeep("tenant", "set", "beta", "--title", "Beta Ltd")).code, 0);
    const as = ["--tenant", "beta", "--role", "admin", "--json"];
    const invited = await control.upkeep("user", "invite", "carol@beta.example", ...as);
    await travels("join", JSON.parse(invited.stdout).link);
  });

  test("shows what was changed on a host by hand, and puts it right", { timeout: 300_000 }, async () => {
    const { control, hosts } = estate;
    const file = "/etc/apache2/upkeep/shop.acme.example.conf";
    hosts.web1.write(file, `${await hosts.web1.must("cat", file)}# by hand\n`);
    const invited = await control.upkeep("user", "invite", "eve@example.com", "--operator", "--json");
    await travels("drift", JSON.parse(invited.stdout).link);
    assert.doesNotMatch(await hosts.web1.must("cat", file), /by hand/);
  });

  test("takes what was changed on a host by hand into the record, if somebody wants that", {
    timeout: 300_000,
  }, async () => {
    const { control, hosts } = estate;
    const file = "/etc/apache2/upkeep/shop.acme.example.conf";
    for (const version of ["one", "two"]) {
      const spec = `{user: alice, headers: {X-Version: ${version}}}`;
      assert.equal((await control.apply(`kind: Site\nname: back.example.com\nhost: web1\nspec: ${spec}\n`)).code, 0);
    }
    await hosts.web1.must("sed", "-i", "0,/<\\/VirtualHost>/s//    SetEnv BY_HAND yes\\n<\\/VirtualHost>/", file);
    const invited = await control.upkeep("user", "invite", "frank@example.com", "--operator", "--json");
    await travels("take", JSON.parse(invited.stdout).link);
    assert.equal((await hosts.web1.ask("http://back.example.com/")).headers["x-version"], "one");
    assert.match(await hosts.web1.must("cat", file), /^ {4}SetEnv BY_HAND yes$/m);
    assert.match((await control.upkeep("get", "Site", "shop.acme.example")).stdout, /SetEnv BY_HAND yes/);
  });

  test("lets somebody work from another machine, whose certificate they have compared", async () => {
    const { control, hosts } = estate;
    const token = await control.must("cat", "/root/token");
    const login = (...more: string[]) =>
      control.exec(["env", `UPKEEP_TOKEN=${token}`, "/opt/upkeep/upkeep", "login", "https://localhost:8443", ...more]);
    const unbelieved = await login();
    assert.equal(unbelieved.code, 1);
    assert.match(unbelieved.stderr, /shows a certificate that this machine does not believe/);
    const wrong = await login("--fingerprint", "00".repeat(32));
    assert.match(wrong.stderr, /shows another certificate/);
    const [, fingerprint] = /SHA-256\) is\s+(\S+)/.exec(unbelieved.stderr)!;
    assert.match((await login("--fingerprint", fingerprint!)).stdout, /You are frank@example\.com/);
    const site = "kind: Site\nname: remote.example.com\nhost: web1\nspec: {user: alice}\n";
    control.write("/root/remote.yaml", site);
    const server = ["--server", "https://localhost:8443"];
    const { code, stdout, stderr } = await control.upkeep("apply", "/root/remote.yaml", ...server);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.match(stdout, /web1 {2}Done\./);
    assert.equal((await hosts.web1.ask("http://remote.example.com/")).status, 200);
  });

  test("takes whatever somebody writes for text", { timeout: 300_000 }, async () => {
    const invited = await estate.control.upkeep("user", "invite", "grace@example.com", "--operator", "--json");
    await travels("scripts", JSON.parse(invited.stdout).link);
  });

  test("writes down who fails to sign in, as the jail that is there for it reads it", async () => {
    const { control } = estate;
    const wrong = JSON.stringify({ email: "ada@example.com", password: "wrong" });
    const header = ["--header", "content-type: application/json", "--data", wrong];
    const answer = await control.must("curl", "--silent", "--insecure", ...header, "https://127.0.0.1:8443/v1/session");
    assert.match(answer, /the password is wrong/);
    const journal = await control.must("journalctl", "--unit=upkeep-server", "--output=short-iso", "--no-pager");
    control.write("/root/serve.log", journal);
    control.write("/root/upkeep.yaml", JSON.stringify(readyJails.upkeep!.filter));
    const { stdout } = await control.upkeep("jail", "test", "/root/upkeep.yaml", "/root/serve.log", "--json");
    const found = stdout.split("\n").filter((line) => /"match": ?true/.test(line));
    assert.equal(found.length, 1, `${journal.slice(-2_000)}\n${stdout.slice(-2_000)}`);
    assert.equal(JSON.parse(found[0]!).host, "127.0.0.1");
  });

  test("lets somebody in again who has lost the way, and nobody who is kept out", async () => {
    const { control } = estate;
    assert.match(
      (await control.upkeep("user", "list")).stdout,
      /^ada@example\.com, operator, second factor, signed in/m,
    );
    assert.match(
      (await control.upkeep("user", "reset", "bob@acme.example")).stdout,
      /^https:\/\/localhost:8443\/welcome#\S+$/m,
    );
    assert.equal((await control.upkeep("user", "disable", "bob@acme.example")).code, 0);
    assert.match((await control.upkeep("user", "list")).stdout, /^bob@acme\.example, disabled, member of acme/m);
    for (const name of ["eve", "frank", "grace"])
      assert.equal((await control.upkeep("user", "remove", `${name}@example.com`)).code, 0);
    const last = await control.upkeep("user", "disable", "ada@example.com");
    assert.equal(last.code, 1);
    assert.match(last.stderr, /this is the last operator/);
  });
});
