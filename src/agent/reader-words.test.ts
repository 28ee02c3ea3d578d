import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { JailConfig } from "../model/jail.ts";
import { troubleNames } from "../model/reader-trouble.ts";
import { openEyes } from "../watches/eyes.ts";
import { useLinearEngine } from "../watches/jail/regex/linear.ts";
import { openMemory } from "../watches/memory.ts";
import type { ReaderState } from "../watches/reader-state.ts";
import { complaintsIn } from "./reader-words.ts";

useLinearEngine();

const jail = (name: string, sources: Pick<JailConfig, "logs" | "journal"> & Partial<JailConfig>): JailConfig => ({
  name,
  filter: { failregex: ["^ bad <ADDR>$"], ignoreregex: [], maxlines: 1 },
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
  ...sources,
});

test("whatever the reader cannot look at, it calls by a name that what is stated gives it", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "words-"));
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as AddressInfo;
  const link = join(directory, "link.log");
  symlinkSync("/etc/hostname", link);
  const { PATH } = process.env;
  process.env.PATH = directory;
  const jails = [
    jail("filter", { logs: [], journal: [], filter: "no-such-filter" }),
    jail("log", { logs: [link], journal: [] }),
    jail("journal", { logs: [], journal: ["_COMM=sshd", "+", "_COMM=sudo"] }),
    jail("port", { logs: [], journal: [], syslog: { address: "127.0.0.1", port } }),
  ];
  const files = new Map(jails.map((config) => [`/etc/upkeep/jails/${config.name}.json`, JSON.stringify(config)]));
  const database = new DatabaseSync(":memory:");
  let last: ReaderState | undefined;
  let wake = () => {};
  const eyes = openEyes({
    memory: openMemory(database),
    now: Date.now,
    read: () => undefined,
    names: { addressesOf: async () => [], namesOf: async () => [] },
    check: async () => ({ isGood: true, says: "", took: 0 }),
    see() {},
    allow() {},
    say() {},
    trouble() {},
    fare(state) {
      last = state;
      wake();
    },
  });
  t.after(() => {
    process.env.PATH = PATH;
    eyes.stop();
    holder.close();
    rmSync(directory, { recursive: true });
  });
  eyes.configure(files, 1);
  while ((last?.troubles.length ?? 0) < jails.length) await new Promise<void>((resolve) => (wake = resolve));
  const names = new Map(
    [...files].map(([file, text]) => [
      `Jail/${file.slice("/etc/upkeep/jails/".length, -".json".length)}`,
      troubleNames(file, text),
    ]),
  );
  const complaints = complaintsIn(
    last!.troubles.map(({ about, files, why }) => ({ about, files: [...files], why })),
    (ref) => names.get(ref),
  );
  assert.deepEqual([...complaints].map(([what, { refs }]) => [what.split(": ")[1], ...refs]).sort(), [
    ["/etc/upkeep/jails/filter.json", "Jail/filter"],
    [link, "Jail/log"],
    [`syslog at {"address":"127.0.0.1","port":${port}}`, "Jail/port"],
    ["the journal (_COMM=sshd + _COMM=sudo)", "Jail/journal"],
  ]);
});
