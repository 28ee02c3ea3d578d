import { createInterface } from "node:readline";
import { z } from "zod";
import { localHost } from "../../host/local.ts";
import { restAfterWork } from "../../host/memory.ts";
import { localNames } from "../../host/names.ts";
import { openDatabase } from "../../store/database.ts";
import { openEyes } from "../../watches/eyes.ts";
import { useLinearEngine } from "../../watches/jail/regex/linear.ts";
import { openMemory } from "../../watches/memory.ts";
import type { Run } from "../command.ts";

const eyesDatabase = "/var/lib/upkeep-watch/eyes.db";

const told = z.discriminatedUnion("is", [
  z.object({ is: z.literal("configure"), turn: z.int(), files: z.array(z.tuple([z.string(), z.string()])) }),
  z.object({ is: z.literal("acknowledge"), id: z.int() }),
  z.object({ is: z.literal("forget"), address: z.string() }),
  z.object({ is: z.literal("ping"), n: z.int() }),
]);

/** The part without privileges: told what to look at by root, says what it has seen. */
export const run: Run = async () => {
  useLinearEngine();
  let checks: Promise<typeof import("../../host/checks.ts")> | undefined;
  const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const eyes = openEyes({
    memory: openMemory(
      // Position, counts and decisions go back together: then it is read, counted and said again, as after any stop.
      openDatabase(eyesDatabase, { mayGoBack: true }),
    ),
    now: Date.now,
    read: (path) => localHost.files.read(path),
    names: localNames,
    say,
    // Most hosts have no pools, and load nothing for them.
    async check(...asked) {
      checks ??= import("../../host/checks.ts");
      return (await checks).runCheck(...asked);
    },
    see: (seen) => say({ is: "seen", ...seen }),
    allow: (jail, addresses) => say({ is: "names", jail, addresses: addresses.slice(0, 1_000) }),
    trouble: (text) => say({ is: "trouble", text: text.slice(0, 2_000) }),
    fare: ({ turn, waiting, troubles }) =>
      say({
        is: "looking",
        turn,
        waiting,
        troubles: troubles.slice(0, 500).map(({ about, files, why }) => ({
          about: about.slice(0, 500),
          files,
          why: why.slice(0, 2_000),
        })),
      }),
  });
  const rest = restAfterWork();
  for await (const line of createInterface({ input: process.stdin })) {
    const message = told.parse(JSON.parse(line));
    if (message.is === "configure") {
      eyes.configure(new Map(message.files), message.turn);
      rest();
    } else if (message.is === "acknowledge") eyes.acknowledge(message.id);
    else if (message.is === "ping") say({ is: "alive", n: message.n });
    else eyes.forget(message.address);
  }
  eyes.stop();
  return 0;
};
