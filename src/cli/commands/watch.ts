import { hostname } from "node:os";
import { join } from "node:path";
import { certificatesEvery, warnOfCertificates } from "../../agent/certificates.ts";
import { startGuard } from "../../agent/guard.ts";
import { serveGuard } from "../../agent/guard-door.ts";
import { beginLife } from "../../agent/guard-life.ts";
import { openHappened } from "../../agent/happened.ts";
import { openNotifier } from "../../agent/notifier.ts";
import { watchProcesses } from "../../agent/process-watch.ts";
import { ledgerName, stateDirectory } from "../../agent/state.ts";
import { runApart } from "../../host/apart.ts";
import { startConfined } from "../../host/confined.ts";
import { localHost } from "../../host/local.ts";
import { giveBackMemory, restAfterWork } from "../../host/memory.ts";
import { watchDirectory } from "../../host/watch-directory.ts";
import { notifyAccount } from "../../model/notification.ts";
import { watchedDirectories } from "../../model/watched.ts";
import { openDatabase } from "../../store/database.ts";
import { openGuardDatabase } from "../../store/guard-database.ts";
import { openLedger } from "../../store/ledger.ts";
import type { Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";
import { untilTold } from "../until-told.ts";

/** The account of what looks, and its groups: those who may read the logs of the system. */
const account = { user: "upkeep-watch", groups: ["adm", "systemd-journal"] } as const;

/** Milliseconds that a message may take to be delivered. */
const patience = 60_000;

export const run: Run = async ({ terminal, typed }) => {
  const log = (text: string) => terminal.remark(`upkeep watch: ${text}`);
  requireRoot("watch", { typed });
  const { bans, keys, pools, mail, notified, failing, history, close } = openGuardDatabase();
  const life = beginLife(failing, localHost.clock);
  const own = [process.execPath, ...process.execArgv, process.argv[1]!, "watch"];
  const guard = await startGuard({
    host: localHost,
    bans,
    keys,
    pools,
    mail,
    history,
    failing,
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
        timeout: patience,
      }),
    log,
    report: guard.report,
  });
  life.tell(guard.report);
  const processes = watchProcesses(localHost, guard.report);
  guard.onNews(() => notifier.look());
  notifier.configure(configuration());
  function lookAtCertificates(): void {
    if (warnOfCertificates(generations, localHost.clock.now(), log)) guard.noted();
  }
  const certificates = setInterval(lookAtCertificates, certificatesEvery);
  lookAtCertificates();
  // Generations come and go without us.
  const stopLedgerWatch = watchDirectory(stateDirectory, (name) => name.startsWith(ledgerName) && notifier.look());
  const rest = restAfterWork();
  // What comes together is read together.
  let changed: NodeJS.Timeout | undefined;
  const watches = watchedDirectories.map((directory) =>
    watchDirectory(directory, () => {
      changed ??= setTimeout(() => {
        changed = undefined;
        rest();
        guard.reconfigure().catch((error: Error) => log(`what is stated cannot all be done: ${error.message}`));
        notifier.configure(configuration());
      }, 100);
    }),
  );
  const closeDoor = await serveGuard(guard, notifier);
  log(`keeps out ${bans.count(Date.now())} who were banned before`);
  giveBackMemory();
  rest();
  await untilTold();
  clearTimeout(changed);
  clearInterval(certificates);
  for (const stop of watches) stop();
  stopLedgerWatch();
  closeDoor();
  notifier.stop();
  processes.stop();
  guard.stop();
  life.end();
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
