/*
 * Which parts of the program each bench measures, besides what its own files import: in the lab a bench runs the joined program, whose imports
 * lead nearly everywhere. Each entry is a file or a directory. `coverage.test.ts` holds that every file of src is measured, or named below.
 */

/** The frame of every command. */
const wholeCommand = [
  "src/cli/main.ts",
  "src/cli/run.ts",
  "src/cli/load.ts",
  "src/cli/commands.ts",
  "src/cli/command.ts",
  "src/cli/with-upkeep.ts",
  "src/cli/terminal.ts",
];

const applying = [
  ...wholeCommand,
  "src/cli/commands/apply.ts",
  "src/cli/commands/delete.ts",
  "src/cli/print-plan.ts",
  "src/cli/read-text.ts",
  "src/agent/apply.ts",
  "src/agent/changes.ts",
  "src/agent/upkeep.ts",
  "src/engine",
  "src/items",
  "src/kinds/site",
  "src/kinds/declare.ts",
  "src/daemons/apache",
  "src/store/ledger.ts",
  "src/store/estate.ts",
];

/** The processes that look all the time, and their root part. */
const watching = [
  "src/cli/commands/watch.ts",
  "src/cli/commands/watch-eyes.ts",
  "src/agent/guard.ts",
  "src/agent/for-eyes.ts",
  "src/watches/eyes.ts",
  "src/watches/watch.ts",
  "src/watches/memory.ts",
  "src/watches/detached.ts",
  "src/host/confined.ts",
];

const longRun = [
  ...wholeCommand,
  "src/cli/commands/run.ts",
  "src/cli/run-alone.ts",
  "src/cli/run-journal.ts",
  "src/cli/run-options.ts",
  "src/cli/run-commands.ts",
  "src/runbooks/index.ts",
  "src/runbooks/runbook.ts",
  "src/runbooks/runner.ts",
  "src/store/runs.ts",
];

/** By the name of the bench. */
export const measures: Readonly<Record<string, readonly string[]>> = {
  "ten-thousand": [
    ...applying,
    "src/cli/commands/plan.ts",
    "src/cli/commands/status.ts",
    "src/cli/commands/version.ts",
  ],
  ansible: applying,
  pages: [
    ...wholeCommand,
    "src/cli/commands/page.ts",
    "src/agent/pages.ts",
    "src/pages",
    "src/host/fetch.ts",
    "src/host/page.ts",
  ],
  maintenance: [
    ...applying,
    "src/cli/commands/maintenance.ts",
    "src/agent/maintenance.ts",
    "src/kinds/maintenance",
    "src/daemons",
    "src/host/haproxy.ts",
    "src/host/varnish.ts",
  ],
  hosts: [
    "src/cli/commands/agent.ts",
    "src/cli/commands/serve.ts",
    "src/agent/agent.ts",
    "src/agent/membership.ts",
    "src/bus",
    "src/control",
    "src/store",
    "src/host/memory.ts",
  ],
  jail: [
    ...wholeCommand,
    ...watching,
    "src/cli/commands/jail.ts",
    "src/agent/guard-bans.ts",
    "src/agent/guard-door.ts",
    "src/agent/guard-log.ts",
    "src/agent/guard-refusals.ts",
    "src/kinds/jail",
    "src/watches/jail",
    "src/host/apart.ts",
    "src/host/follow-files.ts",
    "src/host/follow-journal.ts",
    "src/host/log-file.ts",
    "src/host/names.ts",
    "src/host/nftables.ts",
    "src/host/own-addresses.ts",
    "src/host/syslog.ts",
    "src/store/bans.ts",
  ],
  pool: [
    ...watching,
    "src/agent/guard-pools.ts",
    "src/agent/pool-observations.ts",
    "src/kinds/dns-pool",
    "src/watches/pool",
    "src/host/checks.ts",
    "src/host/converse.ts",
    "src/host/ping.ts",
    "src/host/name-answers.ts",
    "src/host/name-server.ts",
    "src/host/zone-updates.ts",
    "src/model/pool.ts",
  ],
  memory: [...watching, "src/cli/commands/agent.ts", "src/agent/agent.ts", "src/bus", "src/host/memory.ts"],
  "dump-rows": [
    ...longRun,
    "src/runbooks/dump-rows",
    "src/runbooks/with-database.ts",
    "src/host/databases",
    "src/host/output.ts",
  ],
  "migrate-site": [
    ...longRun,
    "src/cli/commands/moving.ts",
    "src/runbooks/migrate-site",
    "src/agent/moving",
    "src/host/crontab.ts",
    "src/host/databases",
    "src/host/link.ts",
    "src/host/pipe.ts",
    "src/host/rsync-server.ts",
    "src/host/session.ts",
    "src/host/ssh.ts",
    "src/host/tree-size.ts",
    "src/host/unix-sockets.ts",
    "src/host/zone-updates.ts",
  ],
  web: [
    "web",
    "build/web.ts",
    "src/cli/commands/serve.ts",
    "src/client",
    "src/control",
    "src/store",
    "src/kinds/reference.ts",
  ],
};

/** What every bench measures: how the program is joined and started, and the host that it runs in. */
export const measuredByAll = ["upkeep", "build/program.ts", "bench/world.ts"];

/** Parts of src that no bench measures, and why that does no harm. Of a directory: the files that no bench reaches. */
export const notMeasured: Readonly<Record<string, string>> = {
  "src/cli": "commands for people, each measured by what it calls; what every command does is measured",
  "src/model": "types, and small functions of values",
  "src/runbooks/convert-to-innodb": "takes as long as the server needs to rewrite a table",
  "src/runbooks/report.ts": "words about a run that is over",
  "src/agent": "done once, or a few times a day, or at the pace of somebody else's server",
  "src/host": "called by what is measured, or once",
  "src/watches/reader-state.ts": "says how the reader fares, when that changes",
  "src/watches/keys": "reads a few lines a second; no goal yet",
  "src/watches/mail": "reads as the jails do, whose reading is measured; no goal yet",
};
