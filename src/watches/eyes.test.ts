import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { appendFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { JailConfig } from "../model/jail.ts";
import { type Eyes, openEyes } from "./eyes.ts";
import type { Decision } from "./jail/decision.ts";
import { useLinearEngine } from "./jail/regex/linear.ts";
import { openMemory } from "./memory.ts";
import type { ReaderState } from "./reader-state.ts";

useLinearEngine();

let directory: string;
let log: string;
let database: DatabaseSync;
let eyes: Eyes | undefined;
let decisions: Decision[] = [];
let troubles: string[] = [];
let allowed: string[][] = [];
let states: ReaderState[] = [];
let waiting: (() => void)[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "eyes-"));
  log = join(directory, "app.log");
  database = new DatabaseSync(join(directory, "eyes.db"));
  [decisions, troubles, waiting, allowed, states] = [[], [], [], [], []];
});
afterEach(() => {
  eyes?.stop();
  database.close();
  rmSync(directory, { recursive: true });
});

const jail = (config: Partial<JailConfig> = {}): JailConfig => ({
  name: "app",
  filter: { failregex: ["^ bad <ADDR>$"], ignoreregex: [], maxlines: 1 },
  logs: [log],
  journal: [],
  maxRetry: 3,
  findTime: 600_000,
  banTime: 60_000,
  growth: 2,
  longest: 600_000,
  ports: [],
  allow: [],
  allowNames: [],
  searchEngines: false,
  byServer: false,
  everywhere: false,
  active: true,
  ...config,
});

const open = (...jails: JailConfig[]) => {
  const wake = () => {
    for (const each of waiting.splice(0)) each();
  };
  eyes = openEyes({
    memory: openMemory(database),
    now: Date.now,
    read: () => undefined,
    names: { addressesOf: async () => ["192.0.2.7"], namesOf: async () => ["crawl.googlebot.com"] },
    check: async () => ({ isGood: true, says: "", took: 0 }),
    see: () => {},
    allow: (jail, addresses) => {
      allowed.push([jail, ...addresses]);
      wake();
    },
    say: (said) => {
      if (said.is === "ban") decisions.push(said);
      wake();
    },
    fare: (state) => {
      states.push(state);
      wake();
    },
    trouble: (text) => {
      troubles.push(text);
      wake();
    },
  });
  eyes.configure(new Map(jails.map((config) => [`${config.name}.json`, JSON.stringify(config)])), 1);
};
const until = async (isSo: () => boolean) => {
  const deadline = setTimeout(() => assert.fail(`decided ${JSON.stringify(decisions)}, troubles ${troubles}`), 10_000);
  while (!isSo()) await new Promise<void>((resolve) => waiting.push(resolve));
  clearTimeout(deadline);
};
const now = () => new Date().toISOString();
const bad = (address: string) => `${now()} bad ${address}\n`;
const banned = () => decisions.map(({ address }) => address);

describe("whoever fails too often is to be banned", () => {
  test("with the lines that it took, and once", async () => {
    open(jail());
    for (let index = 0; index < 5; index++) appendFileSync(log, bad("192.0.2.1"));
    await until(() => decisions.length > 0);
    const [{ address, jail: by, evidence, number }] = decisions as [Decision];
    assert.deepEqual([address, by, number, evidence.length], ["192.0.2.1", "app", 1, 3]);
    assert.match(evidence[0]!, /bad 192\.0\.2\.1$/);
    assert.equal(decisions.length, 1);
  });

  test("also a little in each of many logs, and as one of a network of IPv6", async () => {
    open(jail({ logs: [join(directory, "site*.log")] }));
    for (let index = 1; index <= 3; index++)
      writeFileSync(join(directory, `site${index}.log`), bad(`2001:db8::${index}:1`));
    await until(() => decisions.length > 0);
    assert.deepEqual(banned(), ["2001:db8::3:1"]);
  });

  test("but not who is allowed, whoever is only named, or was too long ago", async () => {
    open(
      jail({ allow: ["198.51.100.0/24"] }),
      jail({ name: "names", filter: { failregex: ["^ bad <HOST>$"], ignoreregex: [], maxlines: 1 } }),
    );
    const old = new Date(Date.now() - 700_000).toISOString();
    for (let index = 0; index < 3; index++) {
      appendFileSync(log, bad("198.51.100.7"));
      appendFileSync(log, bad("evil.example.com"));
      appendFileSync(log, `${old} bad 192.0.2.9\n`);
    }
    for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.1"));
    await until(
      () => decisions.some(({ jail: by }) => by === "app") && decisions.some(({ jail: by }) => by === "names"),
    );
    assert.deepEqual(
      decisions.filter(({ jail: by }) => by === "app").map(({ address }) => address),
      ["192.0.2.1"],
    );
    assert.ok(!banned().some((address) => address.includes("example") || address === "192.0.2.9"));
  });
});

describe("who they are counts, too", () => {
  test("a search engine's crawler is not banned, and whoever only calls itself one is", async () => {
    open(jail({ searchEngines: true }));
    appendFileSync(log, bad("192.0.2.7").repeat(3) + bad("192.0.2.8").repeat(3));
    await until(() => decisions.length > 0 && troubles.length > 0);
    assert.deepEqual(banned(), ["192.0.2.8"]);
    assert.match(troubles[0]!, /192\.0\.2\.7 is not banned: jail app lets search engines pass, and it is Google's/);
    // After a stop, too: it was said before, and nobody had heard it.
    eyes!.stop();
    decisions = [];
    open(jail({ searchEngines: true }));
    await until(() => decisions.length > 0);
    assert.deepEqual(banned(), ["192.0.2.8"]);
  });

  test("the addresses of names that a jail lets pass are told, before anybody is to be banned", async () => {
    appendFileSync(log, bad("192.0.2.9").repeat(3));
    open(jail({ allowNames: ["office.example.net"] }));
    await until(() => decisions.length > 0);
    assert.deepEqual(allowed, [["app", "192.0.2.7"]]);
  });
});

describe("what programs say as to syslog counts", () => {
  test("over UDP and over TCP", async () => {
    const socket = createSocket("udp4");
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port: free } = probe.address() as AddressInfo;
        probe.close(() => resolve(free));
      });
    });
    const filter = { failregex: [" app\\[\\d+\\]: bad <ADDR>$"], ignoreregex: [], maxlines: 1 };
    open(jail({ filter, logs: [], syslog: { address: "127.0.0.1", port }, maxRetry: 2 }));
    const message = `<38>Nov 22 10:00:00 web1 app[7]: bad 192.0.2.1`;
    await new Promise<void>((resolve, reject) => {
      const connection = connect(port, "127.0.0.1", () => connection.end(`${message}\n`, () => resolve()));
      connection.on("error", reject);
    });
    // UDP may lose what comes before somebody listens.
    const again = setInterval(() => socket.send(message, port, "127.0.0.1"), 20);
    await until(() => decisions.length > 0);
    clearInterval(again);
    socket.close();
    assert.deepEqual(banned(), ["192.0.2.1"]);
    assert.match(decisions[0]!.evidence[0]!, /web1 app\[7\]: bad/);
  });
});

describe("nothing is lost and nothing counts twice", () => {
  test("when it is killed after every line, with rotations in between", async () => {
    for (let index = 0; index < 5; index++) {
      appendFileSync(log, bad("192.0.2.1").slice(0, 20));
      open(jail({ maxRetry: 5 }));
      // Killed: nothing is closed in order, and what it knew is gone but for the file.
      eyes!.stop();
      appendFileSync(log, bad("192.0.2.1").slice(20));
      if (index === 2) {
        renameSync(log, `${log}.1`);
        writeFileSync(log, "");
      }
      assert.deepEqual(decisions, []);
    }
    open(jail({ maxRetry: 5 }));
    await until(() => decisions.length > 0);
    assert.equal(decisions.length, 1);
  });

  test("what has been decided is said again until somebody has heard it", async () => {
    open(jail());
    for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.1"));
    await until(() => decisions.length > 0);
    eyes!.stop();
    decisions = [];
    open(jail());
    assert.deepEqual(banned(), ["192.0.2.1"]);
    eyes!.acknowledge(decisions[0]!.id);
    eyes!.stop();
    decisions = [];
    open(jail());
    assert.deepEqual(decisions, []);
  });

  test("whoever is let go begins anew", async () => {
    open(jail());
    for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.1"));
    await until(() => decisions.length > 0);
    eyes!.forget("192.0.2.1");
    for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.1"));
    await until(() => decisions.length > 1);
    assert.deepEqual(
      decisions.map(({ number }) => number),
      [1, 1],
    );
  });
});

describe("whatever the machine goes through", () => {
  test("a disk that is full stops no ban, and is told", async () => {
    open(jail());
    database.exec("PRAGMA query_only = ON");
    for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.1"));
    await until(() => decisions.length > 0);
    assert.ok(troubles.some((text) => /cannot be written down/.test(text)));
    database.exec("PRAGMA query_only = OFF");
    for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.2"));
    await until(() => banned().includes("192.0.2.2"));
    eyes!.stop();
    decisions = [];
    open(jail());
    assert.ok(banned().includes("192.0.2.2"), "what could be written down again was");
  });

  test("a disk that is full for a while loses no count, and small writes that fit all the same do not end the trouble", async () => {
    const last = () => states.at(-1);
    const files = new Map([["app.json", JSON.stringify(jail())]]);
    writeFileSync(log, "");
    open(jail());
    await until(() => last() !== undefined);
    const { page_count: pages } = database.prepare("PRAGMA page_count").get()!;
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const some = Array.from({ length: 60 }, (_, index) => `198.51.100.${index}`);
    appendFileSync(log, [...some, "192.0.2.1", "192.0.2.1"].map(bad).join(""));
    await until(() => (last()?.troubles.length ?? 0) > 0);
    eyes!.acknowledge(1);
    assert.equal(last()?.troubles.length, 1);
    eyes!.configure(files, 2);
    assert.deepEqual([last()?.turn, last()?.troubles.length], [2, 1]);
    assert.deepEqual(
      states.filter(({ turn }) => turn === 2).map(({ troubles: all }) => all.length),
      [1],
      "nothing else is said before",
    );
    database.exec("PRAGMA max_page_count = 1000000");
    await until(() => last()?.troubles.length === 0);
    eyes!.stop();
    open(jail());
    assert.deepEqual(banned(), []);
    appendFileSync(log, bad("192.0.2.1"));
    await until(() => decisions.length > 0);
    assert.deepEqual(banned(), ["192.0.2.1"]);
  });

  test("a flood of a million lines holds up no other log", async () => {
    const other = join(directory, "other.log");
    open(jail({ logs: [join(directory, "*.log")] }));
    const line = `${now()} nothing of note from 192.0.2.200, and some more words that make a line of usual length\n`;
    const part = line.repeat(20_000);
    for (let written = 0; written < 50; written++) {
      appendFileSync(log, part);
      if (written === 25) for (let index = 0; index < 3; index++) appendFileSync(other, bad("192.0.2.1"));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => banned().includes("192.0.2.1"));
    for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.2"));
    await until(() => banned().includes("192.0.2.2"));
  });
});

describe("whatever stands in a log", () => {
  const hostile: Readonly<Record<string, Buffer | string>> = {
    "binary garbage": Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 256)),
    "a line of ten megabytes": `${"a".repeat(10 << 20)}\n`,
    "invalid UTF-8": Buffer.from([0xff, 0xfe, 0x0a, 0xc3, 0x28, 0x0a]),
    "no newline for long": "b".repeat(3 << 20),
    "lines that are made to be slow": `${"x".repeat(5_000)}!\n`.repeat(50),
  };
  for (const [what, content] of Object.entries(hostile))
    test(`${what}: what comes after it counts`, async () => {
      open(jail({ filter: { failregex: ["^ bad <ADDR>$", "^(x+)+ <ADDR>$"], ignoreregex: [], maxlines: 1 } }));
      appendFileSync(log, content);
      appendFileSync(log, "\n");
      for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.1"));
      await until(() => decisions.length > 0);
      assert.deepEqual(banned(), ["192.0.2.1"]);
    });

  test("an expression that cannot be run in linear time gets a limited time for a line, and that is told", async () => {
    open(jail({ filter: { failregex: ["^ bad <ADDR>$", "^ (x+)+(?!y)z <ADDR>$"], ignoreregex: [], maxlines: 1 } }));
    appendFileSync(log, `${now()} ${"x".repeat(60)}yz z 192.0.2.1\n`);
    for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.1"));
    await until(() => decisions.length > 0);
    assert.ok(troubles.some((text) => /took too long/.test(text)));
  });
});

test("a jail that cannot be read is told, and the others work", async () => {
  open(jail({ name: "wrong", filter: { failregex: ["(<ADDR>"], ignoreregex: [], maxlines: 1 } }), jail());
  for (let index = 0; index < 3; index++) appendFileSync(log, bad("192.0.2.1"));
  await until(() => decisions.length > 0);
  assert.match(troubles[0]!, /wrong\.json: .*not closed/);
});

describe("how the reader fares", () => {
  const last = () => states.at(-1);

  test("it says so once it looks, and of which telling", async () => {
    writeFileSync(log, "");
    open(jail());
    await until(() => last() !== undefined);
    assert.deepEqual(last(), { turn: 1, waiting: [], troubles: [] });
  });

  test("a configuration that cannot be used is named, and the others are looked at", async () => {
    open(jail({ name: "odd", filter: "no-such-filter" }), jail());
    await until(() => last() !== undefined);
    assert.deepEqual(last()?.waiting, []);
    assert.deepEqual(
      last()?.troubles.map(({ files }) => files),
      [["odd.json"]],
    );
    assert.match(last()!.troubles[0]!.why, /no-such-filter/);
  });

  test("a log that is no file is a trouble of those who want it, until it is one", async () => {
    symlinkSync("/etc/hostname", log);
    open(jail());
    await until(() => (last()?.troubles.length ?? 0) > 0);
    assert.deepEqual(last()?.troubles[0]?.files, ["app.json"]);
    rmSync(log);
    writeFileSync(log, "");
    await until(() => last()?.troubles.length === 0);
  });

  test("an odd file among those that a star stands for is none: whoever may make one would make a jail fail", async () => {
    symlinkSync("/etc/hostname", join(directory, "odd.log"));
    open(jail({ logs: [join(directory, "*.log")] }));
    await until(() => troubles.length > 0 && last() !== undefined);
    assert.deepEqual(last()?.troubles, []);
  });

  test("what cannot be written down is a trouble, and no end; it is tried again", async () => {
    writeFileSync(log, "");
    open(jail());
    await until(() => last() !== undefined);
    database.exec("PRAGMA query_only = ON");
    appendFileSync(log, bad("192.0.2.7"));
    await until(() => (last()?.troubles.length ?? 0) > 0);
    assert.match(last()!.troubles[0]!.about, /cannot be written down/);
    assert.deepEqual(last()?.troubles[0]?.files, ["app.json"]);
    database.exec("PRAGMA query_only = OFF");
    await until(() => last()?.troubles.length === 0);
  });

  test("a port that somebody else has is asked for again", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as AddressInfo;
    open(jail({ logs: [], syslog: { address: "127.0.0.1", port } }));
    await until(() => (last()?.troubles.length ?? 0) > 0);
    assert.match(last()!.troubles[0]!.why, /EADDRINUSE/);
    holder.close();
    await until(() => last()?.troubles.length === 0 && last()?.waiting.length === 0);
  });
});
