import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";

/** As people call it: joined, so that a command starts in a third of the time. */
const program = join(import.meta.dirname, "../../upkeep");

describe("commands for a control plane on another machine", () => {
  let estate: TestEstate;
  let operator: Browser;
  let directory: string;
  let beating: NodeJS.Timeout;
  const tokens: Record<string, string> = {};
  const guarded: unknown[] = [];
  const link = (maintenance: string) => ({
    ...{ maintenance, site: "a.acme.example", token: "once.sig", cookie: "cookie.sig", ends: Date.now() + 60_000 },
  });
  before(async () => {
    estate = await openTestEstate();
    directory = mkdtempSync(join(tmpdir(), "upkeep-elsewhere-"));
    await estate.tenant({ name: "acme", suffixes: ["acme.example"], quotas: { sites: 3 } });
    operator = await estate.as("op@example.com", { isOperator: true });
    const member = await estate.as("m@example.com", { tenants: { acme: "member" } });
    for (const [name, browser] of Object.entries({ operator, member }))
      tokens[name] = (await browser.ask("POST", "/v1/me/tokens", { name })).body.secret;
    await estate.fleet.add("web1", { role: "web" }, { at: 0, actor: "test", cause: "test" });
    const web1 = estate.bus.connect("web1");
    let number = 0;
    // A host that does at once what it is told.
    web1.watch((entries) =>
      web1.report({
        number: ++number,
        conditions: entries.map(({ ref, sequence, revision, resource }) => ({
          ...{ ref, sequence, revision, message: "", at: Date.now() },
          state: ref.includes("broken") ? "Failed" : "Applied",
          ...(ref.includes("broken") && { message: "no such user" }),
          ...(resource === null && { gone: true as const }),
        })),
      }),
    );
    const changes = [{ verb: "create", key: "file:/etc/x", item: { type: "file", path: "/etc/x", content: "one\n" } }];
    web1.onQuestion((async (question: string, asked: Record<string, unknown>) => {
      if (question === "guard") {
        guarded.push(asked);
        return { wasSo: true };
      }
      if (question === "link") return { links: [link(String(asked.maintenance))] };
      assert.equal(question, "plan");
      return {
        changes: changes.map((change) => ({ ...change, because: ["Site/a.acme.example"] })),
        ...{ reloads: ["apache2"], starts: [], notes: [], refused: [] },
      };
    }) as never);
    const since = Date.now();
    const ban = { address: "192.0.2.7", jail: "sshd", reason: "too many", ports: [], since, until: since + 3_600_000 };
    web1.report({
      number: ++number,
      conditions: [],
      observations: [
        { watch: "bans", key: "192.0.2.7 sshd", until: ban.until, value: { ...ban, number: 1, evidence: ["a line"] } },
      ],
    });
    const state = { version: "1", os: "debian 12", generation: 1, sequence: 1, conditions: {}, clock: Date.now() };
    const beat = () => web1.event({ is: "alive", state });
    beat();
    beating = setInterval(beat, 3_000);
  });
  after(async () => {
    clearInterval(beating);
    rmSync(directory, { recursive: true, force: true });
    await estate.close();
  });

  const upkeep = (args: readonly string[], { token = tokens.operator, input = "", env = {} } = {}) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(program, args, {
        env: {
          PATH: process.env.PATH,
          HOME: directory,
          ...(token !== undefined && { UPKEEP_TOKEN: token }),
          ...{ UPKEEP_SERVER: estate.url, ...env },
        },
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (text) => {
        stdout += text;
      });
      child.stderr.on("data", (text) => {
        stderr += text;
      });
      child.once("close", (code) => resolve({ code, stdout, stderr }));
      child.stdin.end(input);
    });
  const site = (name: string, spec = "{}") => `kind: Site\nname: ${name}\ntenant: acme\nhost: web1\nspec: ${spec}\n`;
  const applied = async (text: string, options = {}) => upkeep(["apply", "-"], { input: text, ...options });

  it("show the plan, make it so, and say how it ended", async () => {
    const file = join(directory, "a.yaml");
    writeFileSync(file, site("a.acme.example"));
    const planned = await upkeep(["plan", file]);
    assert.deepEqual([planned.code, planned.stderr], [2, ""], planned.stdout);
    assert.match(
      planned.stdout,
      /web1:\n\+ file \/etc\/x {2}Site\/a\.acme\.example\n {4}@@.*\n {4}\+one\n.*reloads apache2/,
    );
    const made = await upkeep(["apply", file]);
    assert.deepEqual([made.code, made.stderr], [0, ""]);
    assert.match(made.stdout, /web1 {2}Done\./);
    const again = await upkeep(["apply", file, "--json"]);
    assert.deepEqual(JSON.parse(again.stdout), { exitCode: 0, hosts: [] });
  });

  it("say what a host could not do", async () => {
    const { code, stdout } = await applied(site("broken.acme.example"));
    assert.equal(code, 1);
    assert.match(stdout, /web1 {2}Failed\.\n {2}failed: Site\/broken\.acme\.example: no such user/);
    assert.match((await upkeep(["status"])).stdout, /Failed Site\/broken\.acme\.example on web1\n {2}no such user/);
  });

  it("say where in the user's file it stands what is refused, and change nothing", async () => {
    const { code, stderr } = await applied(site("c.other.example"), { token: tokens.member });
    assert.equal(code, 1);
    assert.match(stderr, /c\.other\.example/);
    const wrong = await applied(site("a.acme.example", "{proxy: http://127.0.0.1:3000}"), { token: tokens.member });
    assert.match(wrong.stderr, /\(standard input\):5:\d+: .*proxy/);
    assert.equal((await operator.get("/v1/resources/Site/c.other.example")).status, 404);
  });

  it("show, edit, delete and bring back", async () => {
    assert.match((await upkeep(["get"])).stdout, /Site\/a\.acme\.example +acme +web1 +Applied/);
    assert.match(
      (await upkeep(["get", "Site", "a.acme.example"])).stdout,
      /^kind: Site\nname: a\.acme\.example\ntenant: acme\nhost: web1\n$/,
    );
    const listed = JSON.parse((await upkeep(["get", "--json"])).stdout) as { name: string }[];
    assert.deepEqual(listed.map(({ name }) => name).sort(), ["a.acme.example", "broken.acme.example"]);
    const editor = join(directory, "editor");
    writeFileSync(editor, '#!/bin/sh\nprintf "spec: {php: true}\\n" >> "$1"\n', { mode: 0o755 });
    const edited = await upkeep(["edit", "Site", "a.acme.example"], { env: { EDITOR: editor } });
    assert.deepEqual([edited.code, edited.stderr], [0, ""]);
    assert.match((await upkeep(["get", "Site", "a.acme.example"])).stdout, /php:/);
    assert.equal((await upkeep(["delete", "Site", "a.acme.example"])).code, 0);
    assert.match((await upkeep(["get", "Site", "a.acme.example"])).stderr, /there is no Site\/a\.acme\.example/);
    assert.equal((await upkeep(["rollback"])).code, 0);
    assert.match((await upkeep(["get", "Site", "a.acme.example"])).stdout, /php:/);
  });

  it("tell what has happened, and who has done it", async () => {
    assert.match((await upkeep(["history"])).stdout, /op@example\.com: /);
    assert.match((await upkeep(["history", "--audit"])).stdout, /op@example\.com created Site\/a\.acme\.example/);
    assert.match((await upkeep(["history", "--verify"])).stdout, /The audit log is whole/);
    assert.match((await upkeep(["events"])).stdout, /op@example\.com stated Site\/a\.acme\.example/);
  });

  it("are about hosts and people, too", async () => {
    assert.equal((await upkeep(["host", "add", "web2", "role=web"])).code, 0);
    assert.match((await upkeep(["host", "list"])).stdout, /web1 +now .*role=web\nweb2 +not joined +role=web/);
    assert.match((await upkeep(["host", "show", "web1"])).stdout, /Applied +Site\/a\.acme\.example/);
    assert.equal((await upkeep(["host", "label", "web2", "role-"])).code, 0);
    assert.equal((await upkeep(["host", "remove", "web2"])).code, 0);
    assert.match((await upkeep(["user", "list"])).stdout, /m@example\.com, member of acme/);
    assert.match((await upkeep(["tenant", "show", "acme"])).stdout, /sites: 2 of 3/);
  });

  it("switch maintenance, and make links into it", async () => {
    const as = { token: tokens.member };
    const on = await upkeep(["maintenance", "on", "a.acme.example", "--for", "1h"], as);
    assert.deepEqual([on.code, on.stderr], [0, ""], on.stdout);
    assert.match((await upkeep(["maintenance"], as)).stdout, /^on +a\.acme\.example +until /);
    const linked = await upkeep(["maintenance", "link", "a.acme.example"], as);
    assert.match(linked.stdout, /^https:\/\/a\.acme\.example\/\.maintenance\/once\.sig\n/, linked.stderr);
    assert.equal((await upkeep(["maintenance", "off", "a.acme.example"], as)).code, 0);
    assert.match((await upkeep(["maintenance"], as)).stdout, /^off +a\.acme\.example\n/);
    assert.match((await upkeep(["maintenance", "off", "b.acme.example"], as)).stderr, /b\.acme\.example/);
  });

  it("ban, let in again, revoke keys and drain on all hosts, and show what these have found", async () => {
    const bans = await upkeep(["bans", "--evidence"]);
    assert.match(bans.stdout, /^web1 +192\.0\.2\.7 +.* more, too many\n +a line/, bans.stderr);
    assert.match((await upkeep(["ban", "192.0.2.9", "--for", "1h"])).stdout, /^web1: 192\.0\.2\.9 is kept out until/);
    assert.match((await upkeep(["unban", "192.0.2.9"])).stdout, /^web1: 192\.0\.2\.9/);
    const drain = await upkeep(["pool", "drain", "www.example.com", "192.0.2.10", "--for", "1h", "--host", "web1"]);
    assert.match(drain.stdout, /^web1: 192\.0\.2\.10 of www\.example\.com is out until/);
    const fingerprint = `SHA256:${"A".repeat(43)}`;
    assert.equal((await upkeep(["keys", "revoke", fingerprint])).code, 0);
    assert.equal((await upkeep(["keys", "restore", fingerprint])).code, 0);
    assert.deepEqual(
      guarded.map((asked) => (asked as { is: string }).is),
      ["ban", "unban", "drain", "restore"],
    );
    assert.match((await upkeep(["metrics"])).stdout, /^upkeep_\w+\{.*host="web1"/m);
    assert.match((await upkeep(["pool", "status"])).stdout, /There is no pool/);
    assert.equal((await upkeep(["bans"], { token: tokens.member })).code, 1);
    assert.match((await upkeep(["bans", "--host", "web9"])).stdout, /Nobody is banned/);
  });

  it("can do no more than who uses them", async () => {
    const as = { token: tokens.member };
    assert.match((await upkeep(["get"], as)).stdout, /Site\/a\.acme\.example/);
    for (const args of [["host", "list"], ["history"], ["rollback", "0"]])
      assert.deepEqual((await upkeep(args, as)).code, 1, args.join(" "));
    assert.match((await upkeep(["get"], { token: "nonsense" })).stderr, /your token is not good/);
    assert.match((await upkeep(["get"], { token: "" })).stderr, /no token|not good/);
  });

  it("are refused where they are about one machine", async () => {
    const { code, stderr } = await upkeep(["doctor"]);
    assert.equal(code, 1);
    assert.match(stderr, /upkeep doctor is about the machine on which it runs/);
    assert.equal((await upkeep(["explain", "Site"])).code, 0);
    // What another command calls so is its own.
    const own = await upkeep(["run", "convert-to-innodb", "--server", "nonsense"], { env: { UPKEEP_SERVER: "" } });
    assert.doesNotMatch(own.stderr, /about the machine/);
  });

  it("say what is wrong with a server", async () => {
    const at = (server: string) => upkeep(["get", "--server", server]);
    assert.match((await at("http://panel.example.com")).stderr, /told your token in clear/);
    assert.match((await at("https://panel.example.com/x")).stderr, /is no server/);
    assert.match((await at("http://127.0.0.1:1")).stderr, /does not answer: ECONNREFUSED/);
  });

  it("keep a token where nobody else may read it, once somebody has logged in, and lose it again", async () => {
    const env = { UPKEEP_TOKEN: "", UPKEEP_SERVER: "" };
    const login = await upkeep(["login", estate.url], { input: `${tokens.member}\n`, env });
    assert.match(login.stdout, /You are m@example\.com at .*, member of acme/, login.stderr);
    const file = join(directory, ".config/upkeep/servers.yaml");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match((await upkeep(["get", "--server", estate.url], { env })).stdout, /Site\/a\.acme\.example/);
    assert.equal((await upkeep(["login", estate.url, "--forget"], { env })).code, 0);
    assert.match((await upkeep(["get", "--server", estate.url], { env })).stderr, /you have no token for/);
  });
});
