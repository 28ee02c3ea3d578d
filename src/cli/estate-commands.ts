import type { Command } from "./command.ts";

/** Commands for an estate of several hosts. */
export const estateCommands: readonly Command[] = [
  {
    name: "serve",
    usage: "",
    summary: "Run the control plane: the estate's records, and what carries them to hosts.",
    details:
      "What it works with is in /etc/upkeep/server.yaml; without that, a SQLite file and this machine alone.\nWhere it runs, every other command goes through it.",
    options: {
      database: { type: "string", value: "URL", says: "postgres://USER@HOST/NAME instead of a SQLite file." },
      bus: { type: "string", value: "URLS", says: "NATS servers, as in tls://198.51.100.2:4222, with commas between." },
    },
    examples: [["upkeep serve --database postgres://upkeep@db/upkeep", "records in PostgreSQL"]],
    arguments: { min: 0, max: 0 },
    load: () => import("./commands/serve.ts"),
  },
  {
    name: "agent",
    usage: "",
    summary: "Run this host's agent: keep it as its estate says.",
    details: "To which estate it belongs is in /etc/upkeep/agent.yaml.",
    examples: [["upkeep agent", "until it is told to end"]],
    arguments: { min: 0, max: 0 },
    load: () => import("./commands/agent.ts"),
  },
  {
    name: "install",
    usage: "server|agent|bundle|users",
    summary: "Have systemd run the control plane or the agent here, now and at boot.",
    details:
      "`server` sets up a control plane that runs as a user of its own and without privileges. With --listen, a NATS server of its own (Debian's package) lets other machines be hosts.\nWith --bus, NATS servers that are there already carry it; `users` prints whom they have to let in.\nSeveral of them make a cluster: the first with --cluster, the others also with --bundle, which is what `bundle` prints on the first.\n`agent` makes this machine a host: of the control plane that runs here, or with --token of the one that printed it.",
    options: {
      listen: { type: "string", value: "ADDRESS:PORT", says: "server: where hosts reach it, as in 198.51.100.2:4222." },
      database: { type: "string", value: "URL", says: "server: postgres://USER@HOST/NAME instead of a SQLite file." },
      bus: {
        type: "string",
        value: "URLS",
        says: "server: NATS servers that are there already, as in tls://nats1.example.com:4222, with commas between.",
      },
      authority: {
        type: "string",
        value: "FILE",
        says: "server, with --bus: the certificate that theirs come from, where this machine does not trust them anyway.",
      },
      cluster: {
        type: "string",
        value: "ADDRESSES",
        says: "server: all machines of a cluster, with commas between, this one among them.",
      },
      bundle: { type: "string", value: "FILE", says: "server: what `install bundle` printed on another of them." },
      token: {
        type: "string",
        value: "TOKEN",
        says: "agent: what `upkeep host token` printed; - reads it from standard input.",
      },
      name: { type: "string", value: "NAME", says: "agent: this machine's name in the estate. Default: its own." },
    },
    examples: [
      ["upkeep install server --listen 198.51.100.2:4222", "a control plane for many hosts"],
      ["upkeep install agent", "and this machine as its first"],
      ["upkeep install bundle > bundle.yaml", "for the next machine of a cluster"],
    ],
    arguments: { min: 1, max: 1 },
    load: () => import("./commands/install.ts"),
  },
  {
    name: "host",
    usage: "add|list|show|label|drain|remove|token [HOST] [LABEL=VALUE...]",
    summary: "The servers of the estate.",
    details: "`label web1 role=web zone-` sets a label and takes one away.",
    options: {
      ssh: {
        type: "string",
        value: "TARGET",
        says: "add: set the machine up over ssh, as in root@203.0.113.7; it is copied, joined and waited for.",
      },
      to: { type: "string", value: "DIRECTORY", says: "add --ssh: where Upkeep goes there. Default: /opt/upkeep." },
      undo: { type: "boolean", says: "drain: let it have new things again." },
    },
    examples: [
      ["upkeep host add web1 role=web --ssh root@203.0.113.7", "a server, with a label, in one command"],
      ["upkeep host token web2", "the same by hand: a command to run there"],
      ["upkeep host list", "who is there, and since when not"],
    ],
    arguments: { min: 0, max: 50 },
    load: () => import("./commands/host.ts"),
    elsewhere: () => import("./elsewhere/host.ts"),
  },
  {
    name: "login",
    usage: "URL",
    summary: "Let this account of yours work with a control plane on another machine.",
    details:
      'Asks for a token, which you make there under "Your account" (programs: on standard input, or UPKEEP_TOKEN), and keeps it where only you may read it.\nThen `--server URL` goes to that control plane, with your own rights there: apply, plan, get, edit, delete, status, history, rollback, events, host, user, tenant.\nA certificate that this machine does not believe is shown by its fingerprint first.',
    options: {
      fingerprint: {
        type: "string",
        value: "SHA256",
        says: "The server's certificate is this one, whoever vouches for it.",
      },
      forget: { type: "boolean", says: "Keep the token no longer." },
    },
    examples: [
      ["upkeep login https://panel.example.com:8443", "once"],
      ["upkeep apply sites/ --server https://panel.example.com:8443", "from then on"],
      ["upkeep login https://panel.example.com:8443 < token", "from a program"],
    ],
    arguments: { min: 1, max: 1 },
    load: () => import("./commands/login.ts"),
    elsewhere: "same",
  },
  {
    name: "user",
    usage: "list|invite|reset|disable|enable|remove [EMAIL]",
    summary: "Who may sign in to the web interface and the API.",
    details:
      "`invite` and `reset` print a link, for whom it is about alone; it works once.\nWho may open the control plane's socket (root, and the group upkeep) may do all of this.",
    options: {
      operator: { type: "boolean", says: "invite: somebody who may everything." },
      tenant: { type: "string", value: "TENANT", says: "invite: to this tenant." },
      role: {
        type: "string",
        value: "ROLE",
        says: "invite: as viewer, member or admin of the tenant. Default: member.",
      },
    },
    examples: [
      ["upkeep user invite ada@example.com --operator", "a link by which Ada makes her account"],
      ["upkeep user invite bob@acme.example --tenant acme --role admin", "somebody for a customer"],
      ["upkeep user reset ada@example.com", "a link by which she sets a new password"],
    ],
    arguments: { min: 0, max: 2 },
    load: () => import("./commands/user.ts"),
    elsewhere: "same",
  },
  {
    name: "tenant",
    usage: "list|show|set|remove [TENANT]",
    summary: "Customers, or departments: whose records there can be, and within which limits.",
    details: "`set` makes one, or changes what is said of it.",
    options: {
      title: { type: "string", value: "TEXT", says: "set: for people." },
      quota: {
        type: "string",
        value: "QUOTAS",
        says: "set: at most so many, as in sites=10,names=30,workers=50; `sites=` for no limit.",
      },
      suffixes: { type: "string", value: "DOMAINS", says: "set: only names below these, with commas between." },
      hosts: { type: "string", value: "HOSTS", says: "set: only on these hosts, with commas between." },
      kinds: { type: "string", value: "KINDS", says: "set: only these kinds, with commas between." },
    },
    examples: [
      ["upkeep tenant set acme --title 'Acme Ltd' --quota sites=10 --suffixes acme.example", "a customer"],
      ["upkeep tenant show acme", "and how much of it is used"],
    ],
    arguments: { min: 0, max: 2 },
    load: () => import("./commands/tenant.ts"),
    elsewhere: "same",
  },
];
