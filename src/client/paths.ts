/*
 * The API's description as types. Written by `npm run docs`; do not edit.
 */

export type Problem = {
  /** What kind of problem it is: `urn:upkeep:problem:overtaken`. */
  type: string;

  /** The same in words, always the same ones. */
  title: string;
  status: number;

  /** What is wrong this time, and what to do. */
  detail: string;
  errors?:
    | {
        detail: string;

        /** Of which record it is said. */
        ref?: string | undefined;

        /** Where it stands (RFC 6901): there, or in the request. */
        pointer?: string | undefined;
      }[]
    | undefined;
};

export type SignedIn = {
  stage: "signed in" | "second factor";

  /** To be sent as `X-CSRF-Token` with whatever changes something. */
  csrf: string;
};

export type Me = {
  account: Account;
  rights: {
    isOperator: boolean;
    tenants: { [name: string]: "viewer" | "member" | "admin" };
    readOnly: boolean;

    /** An operator looks at what this tenant sees. */
    looksAs?: string | undefined;
  };

  /** To be sent as `X-CSRF-Token`; for browsers. */
  csrf?: string | undefined;
  recoveryCodesLeft: number;
};

export type Account = {
  id: string;
  email: string;
  name: string;
  language: "en" | "de";

  /** May everything, in all tenants. */
  isOperator: boolean;

  /** May not sign in. */
  isDisabled: boolean;

  /** What they are where. */
  tenants: { [name: string]: "viewer" | "member" | "admin" };
  hasPassword: boolean;

  /** Signs in with a code of an app, too. */
  hasTotp: boolean;
  passkeys: number;

  /** Milliseconds since 1970. */
  createdAt: number;

  /** Last time; milliseconds since 1970. */
  signedInAt?: number | undefined;
};

export type ApiToken = {
  id: string;
  name: string;

  /** It may look, and change nothing. */
  readOnly: boolean;

  /** In this tenant alone. */
  tenant?: string | undefined;
  createdAt: number;
  usedAt?: number | undefined;
  expiresAt: number;
};

export type Notice = {
  id: number;
  at: number;
  is: string;
  about: "changes" | "troubles" | "maintenance" | "hosts" | "certificates";

  /** The record, the site or the host. */
  what: string;
  host?: string | undefined;

  /** In the language of whoever asks. */
  sentence: string;

  /** In the words of whoever said so. */
  says: string;
  isRead: boolean;
};

export type Wishes = {
  about: ("changes" | "troubles" | "maintenance" | "hosts" | "certificates")[];
  mail: "off" | "now" | "hourly" | "daily";

  /** Its secret is not shown. */
  webhook?: { url: string } | undefined;
};

export type NewWishes = {
  about?: ("changes" | "troubles" | "maintenance" | "hosts" | "certificates")[] | undefined;
  mail?: "off" | "now" | "hourly" | "daily" | undefined;

  /** Each notice is posted there, signed (Standard Webhooks); by https to a public address, but for operators. */
  webhook?: { url: string; secret?: string | undefined } | undefined;
};

export type Invitation = {
  id: string;
  email?: string | undefined;
  isOperator: boolean;
  tenant?: string | undefined;
  role?: "viewer" | "member" | "admin" | undefined;
  invitedBy: string;
  expiresAt: number;
};

export type Tenant = {
  /** By it records say whose they are. It does not change. */
  name: string;

  /** For people. */
  title: string;
  quotas?: Quotas | undefined;

  /** Only these kinds. Default: all that are for tenants. */
  kinds?: string[] | undefined;

  /** Only these hosts. Default: all. */
  hosts?: string[] | undefined;

  /** Only host names that are one of these, or below one. Default: all that nobody else has. */
  suffixes?: string[] | undefined;
};

export type Quotas = {
  /** Most sites. */
  sites?: number | undefined;

  /** Most host names. */
  names?: number | undefined;

  /** Most accounts on hosts, as which sites run. */
  accounts?: number | undefined;

  /** Most requests that PHP works on at once. */
  workers?: number | undefined;

  /** Most maintenances. */
  maintenances?: number | undefined;

  /** Most people who may sign in, with those who are invited. */
  people?: number | undefined;

  /** Most megabytes in their sites, measured some times a day. */
  disk?: number | undefined;

  /** Most messages a day from the accounts of their sites, by the mail servers of their hosts. */
  mail?: number | undefined;
};

export type TenantSeen = {
  /** By it records say whose they are. It does not change. */
  name: string;

  /** For people. */
  title: string;
  quotas?: Quotas | undefined;

  /** Only these kinds. Default: all that are for tenants. */
  kinds?: string[] | undefined;

  /** Only these hosts. Default: all. */
  hosts?: string[] | undefined;

  /** Only host names that are one of these, or below one. Default: all that nobody else has. */
  suffixes?: string[] | undefined;

  /** How much of each quota is used. */
  usage: {
    sites: number;
    names: number;
    accounts: number;
    workers: number;
    maintenances: number;
    people: number;
    disk: number;
    mail: number;
  };
};

export type Kind = {
  name: string;
  summary: string;
  forTenants: boolean;

  /** Fields that only operators state. */
  operatorFields: string[];

  /** Fields that are shown to nobody. */
  secrets: string[];

  /** Of `spec` (JSON Schema 2020-12). */
  schema: { [name: string]: unknown };
};

export type Overview = {
  resources: number;

  /** How many are in each state, on all hosts together. */
  counts: { [name: string]: number };
  troubles: { ref: string; host: string; state: string; message: string }[];
  pending: { ref: string; host: string; state: string; message: string }[];

  /** For operators. */
  hosts?: { all: number; away: string[] } | undefined;
};

export type Figures = {
  /** When the first slot begins. Milliseconds since 1970. */
  from: number;

  /** Milliseconds. */
  every: number;

  /** That web servers have answered a second, on all hosts together. */
  requests: (number | null)[];

  /** Of the host that had the most of it (getloadavg(3)). */
  load: (number | null)[];

  /** How many addresses were banned. */
  bans: (number | null)[];
};

export type ListedResource = {
  kind: string;
  name: string;
  tenant?: string | undefined;
  revision: number;

  /** Milliseconds since 1970. */
  changedAt: number;

  /** The worst of all hosts; none: it is on no host. */
  state?: "Pending" | "Applied" | "Failed" | "Quarantined" | "Drifted" | undefined;
  hosts: string[];
  placement?:
    | {
        /** The host on which it should be. Default: this machine, if it is the only one. */
        host?: string | undefined;

        /** The hosts on which it should be. */
        hosts?:
          | {
              /** Every host that has all of these labels. */
              labels: { [name: string]: string };

              /** At most so many of them, always the same ones while they are there. */
              count?: number | undefined;
            }
          | undefined;

        /** How a change goes from host to host. */
        strategy?:
          | {
              /** How many hosts at a time: a number, or a share like `25%`. */
              batch?: number | string | undefined;

              /** How long to wait after each batch that went well. */
              pause?: string | undefined;

              /** What keeps the hosts that have not had their turn as they are. */
              stopOn?: "failure" | "never" | undefined;
            }
          | undefined;
      }
    | undefined;

  /** Where it was asked for. */
  spec?: { [name: string]: unknown } | undefined;
};

export type Resource = {
  kind: string;
  name: string;
  tenant?: string | undefined;
  placement?:
    | {
        /** The host on which it should be. Default: this machine, if it is the only one. */
        host?: string | undefined;

        /** The hosts on which it should be. */
        hosts?:
          | {
              /** Every host that has all of these labels. */
              labels: { [name: string]: string };

              /** At most so many of them, always the same ones while they are there. */
              count?: number | undefined;
            }
          | undefined;

        /** How a change goes from host to host. */
        strategy?:
          | {
              /** How many hosts at a time: a number, or a share like `25%`. */
              batch?: number | string | undefined;

              /** How long to wait after each batch that went well. */
              pause?: string | undefined;

              /** What keeps the hosts that have not had their turn as they are. */
              stopOn?: "failure" | "never" | undefined;
            }
          | undefined;
      }
    | undefined;

  /** See `/v1/kinds` for what a kind has. */
  spec: { [name: string]: unknown };
  revision: number;
  changedAt: number;
  conditions: {
    host: string;
    state: "Pending" | "Applied" | "Failed" | "Quarantined" | "Drifted";
    message: string;

    /** Milliseconds since 1970. */
    at?: number | undefined;

    /** Of which it is said. */
    revision: number;
  }[];

  /** Whether whoever asks may change it. */
  mayChange: boolean;
};

export type Accepted = {
  /** How many are not as they were, or are tried again. */
  changed: number;

  /** The hosts whom it concerns. */
  hosts: string[];
  refs: string[];
};

export type Statement = {
  tenant?: string | undefined;
  placement?:
    | {
        /** The host on which it should be. Default: this machine, if it is the only one. */
        host?: string | undefined;

        /** The hosts on which it should be. */
        hosts?:
          | {
              /** Every host that has all of these labels. */
              labels: { [name: string]: string };

              /** At most so many of them, always the same ones while they are there. */
              count?: number | undefined;
            }
          | undefined;

        /** How a change goes from host to host. */
        strategy?:
          | {
              /** How many hosts at a time: a number, or a share like `25%`. */
              batch?: number | string | undefined;

              /** How long to wait after each batch that went well. */
              pause?: string | undefined;

              /** What keeps the hosts that have not had their turn as they are. */
              stopOn?: "failure" | "never" | undefined;
            }
          | undefined;
      }
    | undefined;

  /** See `/v1/kinds` for what a kind has. */
  spec: { [name: string]: unknown };
};

export type Change = {
  state?: StatedResource[] | undefined;
  delete?: string[] | undefined;

  /** For operators: built pages that records speak of (`pageDigest`), by their SHA-256. */
  pages?: { [name: string]: string } | undefined;
};

export type StatedResource = {
  kind: string;
  name: string;
  tenant?: string | undefined;
  placement?:
    | {
        /** The host on which it should be. Default: this machine, if it is the only one. */
        host?: string | undefined;

        /** The hosts on which it should be. */
        hosts?:
          | {
              /** Every host that has all of these labels. */
              labels: { [name: string]: string };

              /** At most so many of them, always the same ones while they are there. */
              count?: number | undefined;
            }
          | undefined;

        /** How a change goes from host to host. */
        strategy?:
          | {
              /** How many hosts at a time: a number, or a share like `25%`. */
              batch?: number | string | undefined;

              /** How long to wait after each batch that went well. */
              pause?: string | undefined;

              /** What keeps the hosts that have not had their turn as they are. */
              stopOn?: "failure" | "never" | undefined;
            }
          | undefined;
      }
    | undefined;
  spec?: { [name: string]: unknown } | undefined;

  /** That you have seen; 0: there was none. */
  revision?: number | undefined;
};

export type HostPlan = {
  host: string;

  /** It does not answer; what it is to have waits for it. */
  problem?: string | undefined;
  changes: PlannedChange[];
  reloads: string[];
  starts: string[];
  notes: string[];
  refused: { ref: string; reason: string }[];
};

export type PlannedChange = {
  verb: "create" | "update" | "delete";

  /** `file`, `directory`, `account`, `service` ... */
  type: string;
  name: string;

  /** The records that ask for it. */
  because: string[];

  /** Of a file: what is there now. */
  before?: string | undefined;

  /** Of a file: what would be. */
  after?: string | undefined;
  detail?: string | undefined;

  /** How it was changed by hand. */
  drift?: string | undefined;
};

export type Standing = {
  ref: string;
  host: string;
  state: "Pending" | "Applied" | "Failed" | "Quarantined" | "Drifted";
  message: string;
};

export type HostProgress = {
  host: string;
  state: "waiting" | "working" | "done" | "failed" | "held" | "away";
  detail: string;
  troubles: { ref: string; state: "Pending" | "Applied" | "Failed" | "Quarantined" | "Drifted"; message: string }[];
};

export type Followed = { refs: string[]; hosts: string[] };

export type AuditEntry = {
  number: number;
  at: number;
  actor: string;
  cause: string;
  ref: string;
  tenant?: string | undefined;

  /** What was stated; secrets are sealed. */
  before?: unknown | undefined;
  after?: unknown | undefined;
};

export type Linked = {
  links: {
    /** The site or pattern, as the maintenance states it; `all`: each. */
    site: string;

    /** What stands behind `/.maintenance/` in the address. */
    token: string;

    /** Milliseconds since 1970. */
    ends: number;
  }[];
  problems: { host: string; problem: string }[];
};

export type LinkRequest = {
  /** Into this one alone; otherwise into each of its sites. */
  site?: string | undefined;

  /** End all links that have been made. */
  revoke?: true | undefined;
};

export type Observed = {
  host: string;

  /** What of it: `192.0.2.7 sshd`. */
  key: string;

  /** It ends by itself then. Milliseconds since 1970, by the host's own clock. */
  until: number;

  /** As the watch words it. */
  value?: unknown | undefined;
};

export type GuardAnswer = {
  host: string;

  /** Whether there was anything to do. */
  wasSo?: boolean | undefined;

  /** Why it could not. */
  problem?: string | undefined;
};

export type GuardRequest = {
  asks:
    | {
        is: "ban";
        ban: {
          address: string;
          jail?: string | undefined;
          reason: string;
          ports: number[];
          byServer?: boolean | undefined;
          since: number;
          until: number;
          number: number;
          evidence: string[];
        };
      }
    | { is: "unban"; address: string }
    | { is: "restore"; fingerprint: string }
    | { is: "drain"; pool: string; address: string; until: number }
    | { is: "undrain"; pool: string; address: string };

  /** This one alone; otherwise all. */
  host?: string | undefined;
};

export type Host = {
  name: string;
  labels: { [name: string]: string };

  /** It gets nothing that can be elsewhere. */
  draining: boolean;

  /** It is heard of. */
  present: boolean;
  joined: boolean;
  seenAt?: number | undefined;
  version?: string | undefined;
  os?: string | undefined;
  generation?: number | undefined;

  /** How many resources are in each state there. */
  conditions: { [name: string]: number };
};

export type Machine = {
  /** `Debian 12`, and which kernel. */
  system: string;
  init: "systemd" | "none";
  processors: number;
  load: number[];
  memory: { total: number; available: number };
  disks: { path: string; total: number; available: number }[];
  uptime: number;
  daemons: { name: string; version?: string | undefined; running: boolean }[];
  generations: {
    number: number;
    at: number;
    state: "open" | "committed" | "live" | "undone";
    cause: string;
    summary: string;
  }[];
};

export type TakenEdit = {
  kind: string;
  name: string;
  tenant?: string | undefined;
  placement?:
    | {
        /** The host on which it should be. Default: this machine, if it is the only one. */
        host?: string | undefined;

        /** The hosts on which it should be. */
        hosts?:
          | {
              /** Every host that has all of these labels. */
              labels: { [name: string]: string };

              /** At most so many of them, always the same ones while they are there. */
              count?: number | undefined;
            }
          | undefined;

        /** How a change goes from host to host. */
        strategy?:
          | {
              /** How many hosts at a time: a number, or a share like `25%`. */
              batch?: number | string | undefined;

              /** How long to wait after each batch that went well. */
              pause?: string | undefined;

              /** What keeps the hosts that have not had their turn as they are. */
              stopOn?: "failure" | "never" | undefined;
            }
          | undefined;
      }
    | undefined;
  spec: { [name: string]: unknown };
  revision: number;
};

export type Event = {
  is: "stated" | "deleted" | "condition" | "event";

  /** Milliseconds since 1970. */
  at: number;
  ref?: string | undefined;
  tenant?: string | undefined;

  /** Who stated or deleted it. */
  actor?: string | undefined;
  cause?: string | undefined;

  /** Which host says it. */
  host?: string | undefined;

  /** How the record stands there. */
  state?: string | undefined;

  /** What has happened: `banned`, `published` ... */
  name?: string | undefined;
  says?: string | undefined;
};

export interface paths {
  "/v1/health": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Whether this control plane can do its work. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { status: "well"; version: string } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/metrics": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Figures for Prometheus; with an operator's token, which may be one that only looks. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/plain": string } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** Sign in with a password. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { email: string; password: string } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": SignedIn } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete: /** Sign out. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session/second": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** The second factor: a code of an app, or a recovery code. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { code: string } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": SignedIn } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session/passkey/options": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** What a browser needs to sign in with a passkey. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { ticket: string; options: { [name: string]: unknown } } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session/passkey": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** Sign in with a passkey, which is both factors. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            ticket: string;

            /** As the browser has it (WebAuthn). */
            response: { [name: string]: unknown };
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": SignedIn } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session/forgotten": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** Have a link for a new password sent to somebody's own address. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { email: string } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session/looks-as": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put: /** For operators: look at what a tenant sees, or no longer; the audit log has it. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { tenant: string | null } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session/oidc": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Who vouches for people here (OpenID Connect). */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { name: string; title: string }[] };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session/oidc/{provider}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Go to a provider, to sign in there. */
    {
      parameters: { query?: never; header?: never; path: { provider: string }; cookie?: never };
      requestBody?: never;
      responses: {
        302: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        503: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session/oidc/{provider}/callback": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Back from a provider: signed in, or told why not. */
    {
      parameters: { query?: never; header?: never; path: { provider: string }; cookie?: never };
      requestBody?: never;
      responses: {
        302: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Who asks, and what they may. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Me } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch: /** Change one's name or language. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: { "application/json": { name?: string | undefined; language?: "en" | "de" | undefined } };
      };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    trace?: never;
  };
  "/v1/me/password": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put: /** Set a new password; all other sessions end. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** The password; empty for those who have none. */
            current: string;
            password: string;
          };
        };
      };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/totp": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put: /** Show a code of the app; from then on one is asked for. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { ticket: string; code: string } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { recoveryCodes: string[] } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post: /** Begin to sign in with an app's codes, too. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { secret: string; address: string; ticket: string } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete: /** Sign in without an app's codes from now on. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** The password; empty for those who have none. */
            current: string;
          };
        };
      };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/passkeys/options": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** What a browser needs to make a passkey. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { ticket: string; options: { [name: string]: unknown } } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/passkeys": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** One's passkeys. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": { id: string; name: string; createdAt: number; usedAt?: number | undefined }[];
          };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post: /** Sign in with this passkey from now on, too. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: { "application/json": { name: string; ticket: string; response: { [name: string]: unknown } } };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/passkeys/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete: /** A passkey is good no longer. */
    {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/sessions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Where one is signed in. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              id: string;
              agent: string;
              address: string;
              createdAt: number;
              seenAt: number;
              isThis: boolean;
            }[];
          };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/sessions/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete: /** Sign out there. */
    {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/tokens": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** One's tokens for programs. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": ApiToken[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post: /** A token for a program; it can do no more than oneself. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            name: string;
            readOnly?: boolean | undefined;
            tenant?: string | undefined;

            /** How long it is good. */
            days?: number | undefined;
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              id: string;
              name: string;

              /** It may look, and change nothing. */
              readOnly: boolean;

              /** In this tenant alone. */
              tenant?: string | undefined;
              createdAt: number;
              usedAt?: number | undefined;
              expiresAt: number;
              secret: string;
            };
          };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/tokens/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete: /** A token is good no longer. */
    {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/notices": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** What one has been told, newest first. */
    {
      parameters: { query?: { limit?: number | undefined }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Notice[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/notices/read": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put: /** One has read them up to this one. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { upTo: number } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/wishes": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Of what one wants to be told, where and how often. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Wishes } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put: /** Say of what one wants to be told, where and how often. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": NewWishes } };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations/look": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** What a link is good for. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { secret: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              is: "new account" | "new password" | "one more tenant";

              /** None: it is to be said. */
              email?: string | undefined;

              /** Whom it is for, in words. */
              tenant?: string | undefined;
            };
          };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations/accept": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** Make an account, or set a new password, and be signed in. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            secret: string;
            email?: string | undefined;
            name?: string | undefined;
            password: string;
            language?: "en" | "de" | undefined;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { csrf: string; account: Account } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations/join": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** Be in one more tenant, with the account that one has. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { secret: string } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Who has been invited and has not come yet. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Invitation[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post: /** Invite somebody; whoever has the link makes the account. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            email: string;
            isOperator?: boolean | undefined;
            tenant?: string | undefined;
            role?: "viewer" | "member" | "admin" | undefined;
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              /** For whom it is about; shown this once. */
              link: string;
              expiresAt: number;
            };
          };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete: /** A link is good no longer. */
    {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/reset": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** A link by which somebody sets a new password. */
    {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              /** For whom it is about; shown this once. */
              link: string;
              expiresAt: number;
            };
          };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Who may sign in: for operators all, else those of one's own tenants. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Account[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete: /** Remove an account, with its sessions, tokens and keys. */
    {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch: /** Make somebody an operator, or keep somebody out. */
    {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: { "application/json": { isOperator?: boolean | undefined; isDisabled?: boolean | undefined } };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Account } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    trace?: never;
  };
  "/v1/tenants/{name}/members/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put: /** What somebody is in a tenant. */
    {
      parameters: { query?: never; header?: never; path: { name: string; id: string }; cookie?: never };
      requestBody: { content: { "application/json": { role: "viewer" | "member" | "admin" } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post?: never;
    delete: /** Somebody is nothing in a tenant any longer. */
    {
      parameters: { query?: never; header?: never; path: { name: string; id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/tenants": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Tenants: for operators all, else one's own. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Tenant[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/tenants/{name}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** A tenant, and how much of what it may have it uses. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": TenantSeen } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put: /** Make a tenant, or change what it may have. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** For people. */
            title: string;
            quotas?: Quotas | undefined;

            /** Only these kinds. Default: all that are for tenants. */
            kinds?: string[] | undefined;

            /** Only these hosts. Default: all. */
            hosts?: string[] | undefined;

            /** Only host names that are one of these, or below one. Default: all that nobody else has. */
            suffixes?: string[] | undefined;
          };
        };
      };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post?: never;
    delete: /** Remove a tenant that has nothing. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/kinds": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** What can be stated by whoever asks, with the JSON Schema of each. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Kind[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/overview": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Is everything well? For operators of the estate, else of one's own tenants. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Overview } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/figures": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** How busy hosts have been, in slots of five minutes. */
    {
      parameters: {
        query?: { host?: string | undefined; hours?: number | undefined };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Figures } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/resources": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** The records, a page at a time. */
    {
      parameters: {
        query?: {
          kind?: string | undefined;
          search?: string | undefined;
          tenant?: string | undefined;
          host?: string | undefined;
          state?: "Pending" | "Applied" | "Failed" | "Quarantined" | "Drifted" | undefined;
          with?: "spec" | undefined;
          order?: "name" | "-name" | "changed" | "-changed" | undefined;
          cursor?: string | undefined;
          limit?: number | undefined;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { items: ListedResource[]; next?: string | undefined } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/resources/{kind}/{name}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** One record, and how it stands. */
    {
      parameters: { query?: never; header?: never; path: { kind: string; name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Resource } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put: /** State a record as a whole: it is made, or replaced. */
    {
      parameters: {
        query?: never;
        header?: { "if-match"?: string | undefined };
        path: { kind: string; name: string };
        cookie?: never;
      };
      requestBody: { content: { "application/json": Statement } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Accepted } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post?: never;
    delete: /** Remove a record; hosts take away what it came to. */
    {
      parameters: {
        query?: never;
        header?: { "if-match"?: string | undefined };
        path: { kind: string; name: string };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Accepted } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch: /** Change some fields of a record (RFC 7396: `null` takes a field away). */
    {
      parameters: {
        query?: never;
        header?: { "if-match"?: string | undefined };
        path: { kind: string; name: string };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": {
            tenant?: string | null | undefined;
            placement?:
              | {
                  /** The host on which it should be. Default: this machine, if it is the only one. */
                  host?: string | undefined;

                  /** The hosts on which it should be. */
                  hosts?:
                    | {
                        /** Every host that has all of these labels. */
                        labels: { [name: string]: string };

                        /** At most so many of them, always the same ones while they are there. */
                        count?: number | undefined;
                      }
                    | undefined;

                  /** How a change goes from host to host. */
                  strategy?:
                    | {
                        /** How many hosts at a time: a number, or a share like `25%`. */
                        batch?: number | string | undefined;

                        /** How long to wait after each batch that went well. */
                        pause?: string | undefined;

                        /** What keeps the hosts that have not had their turn as they are. */
                        stopOn?: "failure" | "never" | undefined;
                      }
                    | undefined;
                }
              | null
              | undefined;

            /** See `/v1/kinds` for what a kind has. */
            spec?: { [name: string]: unknown } | undefined;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Accepted } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    trace?: never;
  };
  "/v1/maintenance-page": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** The page that visitors of a site in maintenance would see. */
    {
      parameters: {
        query?: {
          name?: string | undefined;
          title?: string | undefined;
          message?: string | undefined;
          until?: string | undefined;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/html": string } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/apply": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** State and delete many records: all of it, or nothing. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": Change } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Accepted } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/plan": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** What hosts would do; nothing is changed. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            state?: StatedResource[] | undefined;

            /** For operators: built pages that records speak of (`pageDigest`), by their SHA-256. */
            pages?: { [name: string]: string } | undefined;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": HostPlan[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/conditions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** How records stand on hosts, a page at a time. */
    {
      parameters: {
        query?: {
          ref?: string | undefined;
          host?: string | undefined;
          tenant?: string | undefined;
          state?: "Pending" | "Applied" | "Failed" | "Quarantined" | "Drifted" | undefined;
          cursor?: string | undefined;
          limit?: number | undefined;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { items: Standing[]; next?: string | undefined } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/progress": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** How far hosts are with these records, right now; nothing is changed. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": Followed } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": HostProgress[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/audit": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Who has changed what: for operators all, for admins what concerns their tenants. */
    {
      parameters: {
        query?: {
          ref?: string | undefined;
          tenant?: string | undefined;
          before?: number | undefined;
          limit?: number | undefined;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": AuditEntry[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/audit/verify": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Whether anybody has altered the log. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { entries: number; head: string; broken?: number | undefined } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/resources/{kind}/{name}/history": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** What one record has been, also one that is gone. */
    {
      parameters: {
        query?: { limit?: number | undefined };
        header?: never;
        path: { kind: string; name: string };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": AuditEntry[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/resources/{kind}/{name}/rollback": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** State one record as it was after an entry of its history; 0: as if it had never been. */
    {
      parameters: { query?: never; header?: never; path: { kind: string; name: string }; cookie?: never };
      requestBody: { content: { "application/json": { to: number } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Accepted } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/changes": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** The estate's changes, each as a whole. */
    {
      parameters: { query?: { limit?: number | undefined }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": { number: number; at: number; actor: string; cause: string; refs: string[] }[];
          };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/rollback": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** State everything as it was after a change; 0 is before the first. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { to: number } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Accepted } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/maintenance/{name}/links": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** Make secret addresses that let one browser each into a site in maintenance, or end all of them. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody: { content: { "application/json": LinkRequest } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Linked } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/bans": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Who is banned, on which hosts, and why. */
    {
      parameters: { query?: { host?: string | undefined }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Observed[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/keys": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Which SSH keys were shown on which hosts. */
    {
      parameters: { query?: { host?: string | undefined }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Observed[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/pools": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** Addresses of pools as hosts see them. */
    {
      parameters: { query?: { host?: string | undefined }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Observed[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/mail": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** How many messages the accounts of limits have sent today, on which hosts. */
    {
      parameters: { query?: { host?: string | undefined }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Observed[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/guard": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** Have hosts ban somebody or let them in again, take a key again, or drain an address of a pool. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": GuardRequest } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": GuardAnswer[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hosts": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** The estate's hosts. */
    {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Host[] } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hosts/{name}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** One host. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Host } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put: /** Add a host. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody: { content: { "application/json": { labels?: { [name: string]: string } | undefined } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    post?: never;
    delete: /** Forget a host; what it has stays on it. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    options?: never;
    head?: never;
    patch: /** Labels (`null` takes one away), and whether it drains. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            labels?: { [name: string]: string | null } | undefined;
            draining?: boolean | undefined;
          };
        };
      };
      responses: {
        204: { headers: { [name: string]: unknown }; content: { [type: string]: never } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    trace?: never;
  };
  "/v1/hosts/{name}/token": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** What lets a machine become this host, once, within an hour. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { token: string } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hosts/{name}/plan": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** What is pending on a host, or was changed by hand. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { changes: PlannedChange[] } } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hosts/{name}/machine": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** What kind of a machine a host is, how it fares, and its generations. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Machine } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hosts/{name}/rollback": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** State every record that has changed a host since one of its generations as it was; 0 is before the first. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody: { content: { "application/json": { to: number } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": Accepted } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        412: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hosts/{name}/restore": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** Put everything right there, also what was changed by hand (each edit is kept beside it). */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { state: string; detail: string } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hosts/{name}/edits": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: /** A record as it would have to be for an edit by hand to be what is stated; nothing is changed. */
    {
      parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** The file. */
            path: string;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": TakenEdit } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        404: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        409: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        422: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/events/recent": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** What has happened lately, newest first. */
    {
      parameters: { query?: { limit?: number | undefined }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { items: Event[]; position: string } };
        };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/events": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: /** What happens, as it happens (Server-Sent Events); `Last-Event-ID` goes on where one was. */
    {
      parameters: {
        query?: { since?: string | undefined };
        header?: { "last-event-id"?: string | undefined };
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": Event } };
        400: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        401: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        403: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        413: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        415: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        429: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
        500: { headers: { [name: string]: unknown }; content: { "application/problem+json": Problem } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
