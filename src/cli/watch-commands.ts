import type { Command } from "./command.ts";

/** Commands about what is looked at all the time. */
export const watchCommands: readonly Command[] = [
  {
    name: "ban",
    usage: "ADDRESS...",
    summary: "Keep an address or a network out.",
    details: "Of this machine; where the control plane runs, of all hosts that have a jail.",
    options: {
      for: { type: "string", value: "TIME", says: "For how long: 30m, 12h, 7d. By default a day." },
      reason: { type: "string", value: "TEXT", says: "What `upkeep bans` says about it." },
      host: { type: "string", value: "HOST", says: "On this one alone, where the control plane runs." },
    },
    examples: [
      ["upkeep ban 192.0.2.7", "for a day"],
      ['upkeep ban 2001:db8::/48 --for 7d --reason "sends spam"', "a network, for a week"],
    ],
    arguments: { min: 1, max: 1_000 },
    load: () => import("./commands/ban.ts"),
    elsewhere: "same",
  },
  {
    name: "unban",
    usage: "ADDRESS...",
    summary: "Let somebody in again; what they did before is forgotten.",
    details: "On this machine; where the control plane runs, on all hosts.",
    options: { host: { type: "string", value: "HOST", says: "On this one alone, where the control plane runs." } },
    examples: [["upkeep unban 192.0.2.7", "an address"]],
    arguments: { min: 1, max: 1_000 },
    load: () => import("./commands/unban.ts"),
    elsewhere: "same",
  },
  {
    name: "bans",
    usage: "",
    summary: "Show who is banned, why, and for how much longer.",
    details: "Of this machine; where the control plane runs, of all hosts.",
    options: {
      evidence: { type: "boolean", says: "With the lines that it took." },
      host: { type: "string", value: "HOST", says: "Of this one alone, where the control plane runs." },
    },
    examples: [
      ["upkeep bans", "who is kept out"],
      ["upkeep bans --host web1", "and by this host"],
      ["upkeep bans --evidence", "and what they did"],
    ],
    arguments: { min: 0, max: 0 },
    load: () => import("./commands/bans.ts"),
    elsewhere: "same",
  },
  {
    name: "notify",
    usage: "[list|test NAME]",
    summary: "Show who is told of what happens here, and how that goes; try it.",
    details: "Each host tells of itself, also with the control plane down.",
    examples: [
      ["upkeep notify", "who is told, and whether the last one went out"],
      ["upkeep notify test operators", "send one now, and see what the server says"],
    ],
    arguments: { min: 0, max: 2 },
    load: () => import("./commands/notify.ts"),
  },
  {
    name: "metrics",
    usage: "",
    summary: "Print figures for Prometheus: resources, bans, pools, when something happened last.",
    details:
      "Of this machine; where the control plane runs, of all hosts (it also gives them out at `/metrics` on its socket).",
    options: {
      write: {
        type: "string",
        value: "FILE",
        says: "Into this file, whole at every moment, as the textfile collector of node_exporter reads it.",
      },
    },
    examples: [
      ["upkeep metrics", "what there is to measure"],
      ["upkeep metrics --write /var/lib/prometheus/node-exporter/upkeep.prom", "from a timer, for node_exporter"],
    ],
    arguments: { min: 0, max: 0 },
    load: () => import("./commands/metrics.ts"),
    elsewhere: "same",
  },
  {
    name: "events",
    usage: "",
    summary: "Show what has happened: generations that went live or were taken back, bans.",
    details: "On this machine; where the control plane runs, on all hosts. It keeps them for thirty days.",
    options: {
      limit: { type: "string", short: "n", value: "COUNT", says: "How many, the latest ones. Default 20." },
      host: { type: "string", value: "HOST", says: "Of this one alone, where the control plane runs." },
    },
    examples: [
      ["upkeep events", "what went on"],
      ["upkeep events --host web2 -n 100 --json", "on one host, for a program"],
    ],
    arguments: { min: 0, max: 0 },
    load: () => import("./commands/events.ts"),
    elsewhere: () => import("./elsewhere/events.ts"),
  },
  {
    name: "keys",
    usage: "seen | who|revoke|restore FINGERPRINT|KEY.pub",
    summary: "Which SSH keys were shown to sshd, whose they are, and which it takes from nobody any longer.",
    details:
      "`seen` lists accounts and keys with the last time, from where, and what came of it; --all every attempt on this host, also with nobody's keys.\n`who` says whom a key lets in and who has shown it. `revoke` has sshd take it from nobody; `restore` ends that.\nWhere the control plane runs, all of it is about all hosts. What is seen is noted where a KeyWatch is stated.",
    options: {
      user: { type: "string", value: "ACCOUNT", says: "seen: of this account alone." },
      all: { type: "boolean", says: "seen: every attempt, not only the last." },
      limit: { type: "string", short: "n", value: "COUNT", says: "seen: how many, the latest ones. Default 20." },
      host: { type: "string", value: "HOST", says: "seen, who: on this one alone, where the control plane runs." },
      reason: { type: "string", value: "TEXT", says: "revoke: why, for whoever asks later." },
    },
    examples: [
      ["upkeep keys seen --user root", "who has come as root, with which key"],
      ["upkeep keys who SHA256:uNiVztksCsDhcc0u9e8BrqXVl7YfjO8gkGzXkvZqkVc", "whom that key lets in"],
      ['upkeep keys revoke id_ed25519.pub --reason "laptop stolen"', "on every host, at once"],
    ],
    arguments: { min: 0, max: 2 },
    load: () => import("./commands/keys.ts"),
    elsewhere: "same",
  },
  {
    name: "mail",
    usage: "",
    summary: "Show how many messages limited accounts have sent today, and who may send no more.",
    details: "On this machine; where the control plane runs, on all hosts together.",
    examples: [["upkeep mail", "how far limits are used"]],
    arguments: { min: 0, max: 0 },
    load: () => import("./commands/mail.ts"),
    elsewhere: "same",
  },
  {
    name: "pool",
    usage: "status|history|explain [POOL] | drain|undrain POOL ADDRESS",
    summary: "Addresses that visitors are given by DNS: which are up, and which are published.",
    details:
      "`drain` takes an address out, until a time; `undrain` ends that. `history` draws how each has been up. `explain` says how long a visitor may still be given one that is down, and why.\nWhere the control plane runs, `status` and draining are about all hosts.",
    options: {
      for: { type: "string", value: "TIME", says: "drain: for how long: 30m, 12h, 7d. By default a week." },
      since: { type: "string", value: "TIME", says: "history: how far back: 30m, 12h, 7d. By default a day." },
      host: { type: "string", value: "HOST", says: "Of this one alone, where the control plane runs." },
    },
    examples: [
      ["upkeep pool status", "which are up"],
      ["upkeep pool drain www.example.com 192.0.2.10 --for 2h", "before work on that machine"],
      ["upkeep pool explain www.example.com", "how long a dead address may still be given"],
    ],
    arguments: { min: 0, max: 3 },
    load: () => import("./commands/pool.ts"),
    elsewhere: "same",
  },
  {
    name: "watch",
    usage: "",
    summary: "Look at what jails and other watches want looked at, and act on it. Runs as a service.",
    details:
      "Started by the first resource that needs it. The part that reads logs runs as upkeep-watch, without any rights but to read; root takes nothing from it but checked requests.",
    options: {
      eyes: { type: "boolean", says: "Be the part that reads logs, without rights; for the service itself." },
      deliver: { type: "boolean", says: "Be the part that sends a notice, without rights; for the service itself." },
    },
    examples: [["journalctl -u upkeep-watches", "what it has to say"]],
    arguments: { min: 0, max: 0 },
    // What runs all the time keeps in memory what it loads.
    load: ({ eyes, deliver }) =>
      eyes
        ? import("./commands/watch-eyes.ts")
        : deliver
          ? import("./commands/watch-deliver.ts")
          : import("./commands/watch.ts"),
  },
  {
    name: "door",
    usage: "",
    summary: "Exchange links into maintenance for cookies, each once. Runs as a service while there are links.",
    examples: [["journalctl -u upkeep-door", "what it has to say"]],
    arguments: { min: 0, max: 0 },
    load: () => import("./commands/door.ts"),
  },
  {
    name: "jail",
    usage: "test FILTER LOG | import [DIRECTORY]",
    summary: "Try out what finds those who are to be banned, or take over fail2ban's jails.",
    details:
      "FILTER is the name of one of fail2ban's filters, with options as fail2ban writes them (sshd[mode=aggressive]), the file of one, a filter of your own in YAML, or a single expression with <HOST> in it.\nLOG is a file, also one that is compressed with gzip, or - for standard input.\nTells for each line that the filter knows whom it counts against, when, and by which expression; with --json one object for each line of the log.\n`import` prints the jails of fail2ban in DIRECTORY (/etc/fail2ban) as resources, and says what has no counterpart.",
    options: {
      filters: {
        type: "string",
        value: "DIR",
        says: "Where filters are looked for; by default /etc/fail2ban/filter.d.",
      },
      now: {
        type: "string",
        value: "TIME",
        says: "What is now for logs that leave the year out (ISO 8601); by default, now.",
      },
      "dry-run": { type: "boolean", says: "Whom a jail would have banned, had it read the log as it was written." },
      "max-retry": { type: "string", value: "N", says: "With --dry-run: so many failures make a ban (5)." },
      "find-time": { type: "string", value: "TIME", says: "With --dry-run: within this time (10m)." },
      "ban-time": { type: "string", value: "TIME", says: "With --dry-run: for how long (10m)." },
      all: { type: "boolean", says: "With import: also jails that are not enabled." },
      quiet: { type: "boolean", short: "q", says: "Only what it comes to." },
    },
    examples: [
      ["upkeep jail import > jails.yaml", "fail2ban's jails, to be looked over and applied"],
      ["upkeep jail test sshd /var/log/auth.log", "who would count as an attacker, and why"],
      ["upkeep jail test sshd[mode=aggressive] /var/log/auth.log.2.gz --quiet", "what a stricter filter would find"],
      ["upkeep jail test sshd /var/log/auth.log.1 --dry-run", "whom a jail would have banned yesterday"],
      ["upkeep jail test '^<HOST> .* \"POST /xmlrpc.php' access.log --json", "an expression of your own, for programs"],
    ],
    completes: "files",
    arguments: { min: 1, max: 3 },
    load: () => import("./commands/jail.ts"),
  },
];
