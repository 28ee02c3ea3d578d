import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { certificatesEvery, warnOfCertificates } from "../../agent/certificates.ts";
import { startGuard } from "../../agent/guard.ts";
import { serveGuard, watchedDirectories } from "../../agent/guard-door.ts";
import { openHappened } from "../../agent/happened.ts";
import { openNotifier } from "../../agent/notifier.ts";
import { ledgerName, stateDirectory } from "../../agent/upkeep.ts";
import { runApart } from "../../host/apart.ts";
import { startConfined } from "../../host/confined.ts";
import { localHost } from "../../host/local.ts";
import { giveBackMemory } from "../../host/memory.ts";
import { localNames } from "../../host/names.ts";
import { watchDirectory } from "../../host/watch-directory.ts";
import { mailSchema, noticeSchema, notifyAccount, webhookSchema } from "../../model/notification.ts";
import { openDatabase } from "../../store/database.ts";
import { openGuardDatabase } from "../../store/guard-database.ts";
import { openLedger } from "../../store/ledger.ts";
import { openEyes } from "../../watches/eyes.ts";
import { useLinearEngine } from "../../watches/jail/regex/linear.ts";
import { openMemory } from "../../watches/memory.ts";
import type { Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";
import { untilTold } from "../until-told.ts";

/** The account of what looks, and its groups: those who may read the logs of the system. */
const account = { user: "upkeep-watch", groups: ["adm", "systemd-journal"] } as const;
const eyesDatabase = "/var/lib/upkeep-watch/eyes.db";

export const run: Run = async ({ options, terminal, typed }) => {
  const log = (text: string) => terminal.remark(`upkeep watch: ${text}`);
  if (options.eyes === true) return look();
  if (options.deliver === true) return deliver();
  requireRoot("watch", { typed });
  const { bans, keys, pools, mail, notified, history, close } = openGuardDatabase();
  const own = [process.execPath, ...process.execArgv, process.argv[1]!, "watch"];
  const guard = await startGuard({
    host: localHost,
    bans,
    keys,
    pools,
    mail,
    history,
    look: (ears) => startConfined([...own, "--eyes"], { ...account, ...ears }),
    read: configuration,
    log,
  });
  const generations = openGenerations();
  const notifier = openNotifier({
    host: hostname(),
    clock: localHost.clock,
    notified,
    happened: openHappened(history, generations),
    send: (config, channel, notice) =>
      runApart(localHost, [...own, "--deliver"], {
        user: notifyAccount,
        input: JSON.stringify({ config: { ...config[channel] }, channel, notice }),
        timeout: 60_000,
      }),
    log,
  });
  guard.onNews(() => notifier.look());
  notifier.configure(configuration());
  function lookAtCertificates(): void {
    const ledger = generations();
    if (ledger && warnOfCertificates(ledger, localHost.clock.now(), log)) guard.noted();
  }
  const certificates = setInterval(lookAtCertificates, certificatesEvery);
  lookAtCertificates();
  // Generations come and go without us.
  const stopLedgerWatch = watchDirectory(stateDirectory, (name) => name.startsWith(ledgerName) && notifier.look());
  // What comes together is read together.
  let changed: NodeJS.Timeout | undefined;
  const watches = watchedDirectories.map((directory) =>
    watchDirectory(directory, () => {
      changed ??= setTimeout(() => {
        changed = undefined;
        void guard.reconfigure();
        notifier.configure(configuration());
      }, 100);
    }),
  );
  const closeDoor = await serveGuard(guard, notifier);
  log(`keeps out ${bans.count(Date.now())} who were banned before`);
  giveBackMemory();
  await untilTold();
  clearTimeout(changed);
  clearInterval(certificates);
  for (const stop of watches) stop();
  stopLedgerWatch();
  closeDoor();
  notifier.stop();
  guard.stop();
  close();
  return 0;
};

/** One that goes while we look is none. */
const configuration = (): ReadonlyMap<string, string> =>
  new Map(
    watchedDirectories
      .flatMap((directory) => localHost.files.list(directory).map((name) => join(directory, name)))
      .filter((path) => path.endsWith(".json"))
      .flatMap((path) => {
        const text = localHost.files.read(path);
        return text === undefined ? [] : [[path, text] as const];
      }),
  );

/** What is live here, once there is anything. */
function openGenerations() {
  let ledger: ReturnType<typeof openLedger> | undefined;
  return () => {
    const file = join(stateDirectory, ledgerName);
    if (!ledger && localHost.files.stat(file))
      ledger = openLedger(openDatabase(file, { readOnly: true }), { readOnly: true });
    return ledger;
  };
}

const delivery = z.discriminatedUnion("channel", [
  z.object({ channel: z.literal("mail"), config: mailSchema, notice: noticeSchema }),
  z.object({ channel: z.literal("webhook"), config: webhookSchema, notice: noticeSchema }),
]);

/** The part that speaks with servers elsewhere: says what it is told to, and ends. */
async function deliver(): Promise<0 | 1> {
  const { deliverMail, deliverWebhook } = await import("../../host/deliver.ts");
  const told = delivery.parse(JSON.parse(await text(process.stdin)));
  try {
    if (told.channel === "mail") await deliverMail(told.config, told.notice);
    else await deliverWebhook(told.config, told.notice);
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

const told = z.discriminatedUnion("is", [
  z.object({ is: z.literal("configure"), files: z.array(z.tuple([z.string(), z.string()])) }),
  z.object({ is: z.literal("acknowledge"), id: z.int() }),
  z.object({ is: z.literal("forget"), address: z.string() }),
]);

/** The part without privileges: told what to look at by root, says what it has seen. */
async function look(): Promise<0> {
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
  });
  for await (const line of createInterface({ input: process.stdin })) {
    const message = told.parse(JSON.parse(line));
    if (message.is === "configure") eyes.configure(new Map(message.files));
    else if (message.is === "acknowledge") eyes.acknowledge(message.id);
    else eyes.forget(message.address);
  }
  eyes.stop();
  return 0;
}
