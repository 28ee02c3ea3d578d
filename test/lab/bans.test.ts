import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../lab/eventually.ts";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";

const jails = `
kind: Jail
name: sshd
spec: {maxRetry: 3}
---
kind: Jail
name: scan
spec: {maxRetry: 10, banTime: 1h}
---
kind: Jail
name: recidive
spec: {maxRetry: 2}
---
kind: Jail
name: quiet
spec:
  filter: {failregex: ['^ hello <ADDR>$']}
  logs: [/var/log/app.log]
  maxRetry: 1
  active: false
---
kind: Jail
name: app
spec:
  filter: {failregex: ['^ bad <ADDR>$']}
  logs: [/var/log/app.log]
  maxRetry: 3
  allow: [203.0.113.0/28]
`;

interface Banned {
  readonly address: string;
  readonly jail?: string;
  readonly ports: readonly number[];
  readonly evidence: readonly string[];
  readonly number: number;
}

let lab: Lab<"guarded" | "attacker">;
let host: TestHost;
let attacker: TestHost;

const bans = async (): Promise<readonly Banned[]> => JSON.parse((await host.upkeep("bans", "--json")).stdout || "[]");
const isBanned = async (address: string) => (await bans()).some((ban) => ban.address === address);
/** Until something is so, or what it is instead. */
async function until(what: string, isSo: () => Promise<boolean>) {
  await eventually(what, isSo).catch(async (error: Error) =>
    assert.fail(`${error.message}: ${await journal()}\n${JSON.stringify(await bans())}`),
  );
}
const journal = () => host.must("journalctl", "--unit=upkeep-watches", "--no-pager", "--lines=30");
const bad = (address: string) => `${new Date().toISOString()} bad ${address}\n`;
const log = (text: string) => appendFileSync(host.path("/var/log/app.log"), text);
const eyes = async () => (await host.must("pgrep", "--full", "watch --eyes")).trim();
/** The guard answers once it keeps out whom it has to. */
const guardRuns = async () => (await host.upkeep("unban", "192.0.2.250")).code === 0;
const packetFilter = () => host.must("nft", "list", "table", "inet", "upkeep_bans");

before(async () => {
  lab = await openLab({ guarded: "nginx", attacker: "none" });
  ({ guarded: host, attacker } = lab.hosts);
  await host.must("systemctl", "start", "ssh");
  writeFileSync(host.path("/var/log/app.log"), "");
  const { code, stdout, stderr } = await host.apply(jails);
  assert.equal(code, 0, stdout + stderr);
  await until("the guard runs", guardRuns);
});
after(() => lab.close());

describe("whoever fails too often is kept out", () => {
  test("of SSH, by a real server's own words, and of nothing else", async () => {
    const tries = ["admin", "oracle", "test"];
    for (const name of tries)
      await attacker.exec([
        "ssh",
        "-oBatchMode=yes",
        "-oStrictHostKeyChecking=no",
        "-oConnectTimeout=20",
        `${name}@${host.address}`,
        "true",
      ]);
    await until("it is banned", () => isBanned(attacker.address));
    const [ban] = (await bans()) as [Banned];
    assert.deepEqual([ban.jail, ban.ports], ["sshd", [22]]);
    assert.match(ban.evidence[0]!, /Invalid user admin from/);
    const refused = await attacker.exec(["timeout", "2", "bash", "-c", `exec 3<>/dev/tcp/${host.address}/22`]);
    assert.equal(refused.code, 124, "packets to SSH are dropped");
    assert.equal((await attacker.exec(["curl", "--silent", "--max-time", "20", `http://${host.address}/`])).code, 0);
    assert.equal((await host.upkeep("unban", attacker.address)).code, 0);
    assert.equal(await isBanned(attacker.address), false);
    const open = await attacker.exec(["timeout", "20", "bash", "-c", `exec 3<>/dev/tcp/${host.address}/22`]);
    assert.equal(open.code, 0, "and no longer once it is let in");
  });

  test("by a little on each of many sites, also sites that come later", async () => {
    for (let site = 1; site <= 5; site++) {
      const directory = `/home/alice/shop${site}.example.com/log`;
      await host.must("mkdir", "--parents", directory);
      const when = new Date().toISOString();
      const line = `192.0.2.77 - - [${when}] "GET /.env HTTP/1.1" 404 1 "-" "-"\n`;
      writeFileSync(host.path(`${directory}/access.log`), line.repeat(2));
    }
    await until("it is banned", () => isBanned("192.0.2.77"));
  });

  test("at once, and how soon after the line is told", async (context) => {
    const taken: number[] = [];
    for (let index = 1; index <= 20; index++) {
      const address = `198.18.0.${index}`;
      log(bad(address) + bad(address));
      await pause(20);
      const began = performance.now();
      log(bad(address));
      while (!(await packetFilter()).includes(address))
        if (performance.now() - began > 60_000) assert.fail(await journal());
      taken.push(performance.now() - began);
    }
    context.diagnostic(
      `from the line to the packet filter, as somebody who asks all the time sees it: ${taken.map((each) => each.toFixed(0)).join(" ")} ms`,
    );
  });
});

describe("whoever is banned again and again", () => {
  test("is kept out for a week, of everything", async () => {
    log(bad("198.18.9.9").repeat(3));
    const line = `198.18.9.9 - - [${new Date().toISOString()}] "GET /.env HTTP/1.1" 404 1 "-" "-"\n`;
    appendFileSync(host.path("/var/log/nginx/other-access.log"), line.repeat(10));
    await until("for long", async () =>
      (await bans()).some(({ address, jail }) => address === "198.18.9.9" && jail === "recidive"),
    );
    assert.match(await packetFilter(), /198\.18\.9\.9 timeout (7d|6d23h59m\d+s)/);
  });
});

describe("nobody else is", () => {
  test("who is allowed, the machine itself, its gateway, and whom a jail only looks at", async () => {
    for (const address of ["203.0.113.7", host.address, "127.0.0.1"]) log(bad(address).repeat(4));
    log(`${new Date().toISOString()} hello 198.18.5.5\n`);
    log(bad("198.18.6.6").repeat(3));
    await until("the one after them is", () => isBanned("198.18.6.6"));
    const all = (await bans()).map(({ address }) => address);
    for (const address of ["203.0.113.7", host.address, "127.0.0.1", "198.18.5.5"])
      assert.ok(!all.includes(address), address);
    assert.match(await journal(), /jail quiet would have banned 198\.18\.5\.5/);
  });
});

describe("who somebody is counts, as the name servers say it", () => {
  test("search engines and offices are not banned, and whoever only calls itself so is", async () => {
    host.write("/root/name-server.mjs", readFileSync(join(import.meta.dirname, "jail/name-server.mjs"), "utf8"));
    await host.must(
      "systemd-run",
      "--quiet",
      "--unit=names",
      "/opt/upkeep/node_modules/.bin/node",
      "/root/name-server.mjs",
    );
    host.write("/etc/resolv.conf", "nameserver 127.0.0.1\n");
    await until("names are known", async () => (await host.exec(["getent", "hosts", "office.example.net"])).code === 0);
    const { code, stdout } = await host.apply(
      "kind: Jail\nname: friendly\nspec:\n  filter: {failregex: ['^ curious <ADDR>$']}\n  logs: [/var/log/app.log]\n  maxRetry: 2\n  searchEngines: true\n  allow: [office.example.net]\n",
    );
    assert.equal(code, 0, stdout);
    const curious = (address: string) => log(`${new Date().toISOString()} curious ${address}\n`.repeat(2));
    await until("the office is known", async () => {
      curious("203.0.113.200");
      return /203\.0\.113\.200 is not banned: the jail lets that name pass/.test(await journal());
    });
    for (const address of ["66.249.66.1", "66.249.66.2", "192.0.2.200"]) curious(address);
    await until("the others are", async () => (await isBanned("66.249.66.2")) && isBanned("192.0.2.200"));
    await until("it is found out", async () => /66\.249\.66\.1 is not banned: .* it is Google's/.test(await journal()));
    assert.equal(await isBanned("66.249.66.1"), false);
    assert.equal((await host.upkeep("delete", "Jail", "friendly")).code, 0);
  });
});

describe("whatever happens, it goes on", () => {
  test("what reads logs is killed between the lines: nothing is lost, nothing counts twice", async () => {
    for (let index = 0; index < 3; index++) {
      const before = await eyes();
      log(bad("198.18.7.7"));
      await host.must("kill", "-KILL", before);
      assert.equal(await isBanned("198.18.7.7"), false);
      await until("it is started again", async () => {
        const { stdout } = await host.exec(["pgrep", "--full", "watch --eyes"]);
        return stdout.trim() !== "" && stdout.trim() !== before;
      });
      if (index < 2) log("");
    }
    await until("three lines make a ban", () => isBanned("198.18.7.7"));
    assert.equal((await bans()).find(({ address }) => address === "198.18.7.7")?.number, 1);
  });

  test("the packet filter cannot be told for a while: it is, once it can, and nothing is forgotten", async () => {
    const nft = (await host.must("which", "nft")).trim();
    await host.must("mv", nft, `${nft}.away`);
    host.write(nft, "#!/bin/sh\necho 'netlink: Error: cache initialization failed' >&2\nexit 1\n", 0o755);
    log(bad("198.18.11.1").repeat(3) + bad("198.18.11.2").repeat(3));
    await until("it is told", async () => /cache initialization failed.*tried again/.test(await journal()));
    assert.equal(await isBanned("198.18.11.1"), false, "nobody is said to be kept out who is not");
    await host.must("mv", `${nft}.away`, nft);
    for (const address of ["198.18.11.1", "198.18.11.2"])
      await until("it is told then", async () => (await packetFilter()).includes(address));
  });

  test("rubbish, a line of ten megabytes, and a clock that jumps are survived", async () => {
    const rubbish = Buffer.alloc(1 << 20, 0xff);
    appendFileSync(host.path("/var/log/app.log"), Buffer.concat([rubbish, Buffer.from([0, 10, 0xc3, 0x28, 10])]));
    log(`${"x".repeat(10 << 20)}\n`);
    // Of tomorrow and of last year, as if somebody had set the clock.
    for (const days of [1, -365]) log(`${new Date(Date.now() + days * 86_400_000).toISOString()} bad 198.18.12.9\n`);
    log(bad("198.18.12.1").repeat(3));
    await until("the next one is banned", () => isBanned("198.18.12.1"));
    assert.equal(await isBanned("198.18.12.9"), false);
  });

  test("it runs without rights", async () => {
    const status = await host.must("cat", `/proc/${await eyes()}/status`);
    assert.match(status, /CapEff:\s+0000000000000004\n/);
    assert.match(status, /NoNewPrivs:\s+1\n/);
    assert.doesNotMatch(status, /Uid:\s+0\b/);
  });

  test("a log becomes a link or a pipe: neither is read, and the others are", async () => {
    await host.must("ln", "-sf", "/etc/shadow", "/var/log/nginx/evil-access.log");
    await host.must("mkfifo", "/var/log/nginx/pipe-access.log");
    log(bad("198.18.8.8").repeat(3));
    await until("the others are read", () => isBanned("198.18.8.8"));
    assert.match(await journal(), /pipe-access\.log: it is no regular file/);
  });

  test("a person bans and lets in; a network, too", async () => {
    assert.equal((await host.upkeep("ban", "192.0.2.0/25", "--for", "2h", "--reason", "spam")).code, 0);
    assert.match(await packetFilter(), /192\.0\.2\.0\/25/);
    assert.match((await host.upkeep("bans")).stdout, /192\.0\.2\.0\/25\s+2 h more, spam/);
    const { code, stderr } = await host.upkeep("ban", "example.com");
    assert.equal(code, 1);
    assert.match(stderr, /no address/);
    assert.equal((await host.upkeep("unban", "192.0.2.0/25")).code, 0);
    assert.doesNotMatch(await packetFilter(), /192\.0\.2\.0\/25/);
  });

  test("after a restart and after a power failure those who were banned are kept out", async () => {
    await host.must("systemctl", "restart", "upkeep-watches");
    await until("it is back", guardRuns);
    assert.match(await packetFilter(), /198\.18\.6\.6/);
    await lab.cut("guarded");
    host = await lab.boot("guarded");
    await until("it is back", guardRuns);
    assert.match(await packetFilter(), /198\.18\.6\.6/);
  });

  test("the last jail goes, and what looked goes with it; who is banned still is, for their time", async () => {
    const { code, stdout, stderr } = await host.upkeep("delete", "Jail", "sshd", "scan", "recidive", "quiet", "app");
    assert.equal(code, 0, stdout + stderr);
    assert.equal((await host.exec(["systemctl", "is-active", "upkeep-watches"])).stdout.trim(), "inactive");
    assert.equal((await host.exec(["ls", "/etc/upkeep/jails"])).code, 2);
    assert.match(await packetFilter(), /198\.18\.6\.6 timeout \S+ expires /);
  });
});
