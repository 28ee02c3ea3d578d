import type { Facts } from "./facts.ts";
import type { Item } from "./item.ts";
import type { Settings } from "./settings.ts";

export type Argv = readonly [string, ...string[]];

/** What Upkeep knows about one server program. */
export interface Daemon {
  /** Its unit's name: `apache2`, `nginx`, `php8.2-fpm`. */
  readonly name: string;
  /** Holds the master's process number while it runs. Not all have one. */
  readonly pidFile?: string;
  /** Its own checker, run with tomorrow's `/etc` in sight. */
  readonly check: Argv;
  /** Starts it where there is no systemd. Without it, it is not Upkeep's to start. */
  readonly start?: Argv;
  /** Environment for `start` and `check` where it has a limit of its own to be told. */
  readonly environment: (openFiles: number) => Readonly<Record<string, string>>;
  readonly reload: Reload;
  /** Where it writes what went wrong at run time. */
  readonly errorLog: string;
  /** The checker's words, with the file they complain about if they name one. */
  readonly blame: (output: string) => Blame;
  /**
   * From the words of a checker that was content: where on this host a host name is served already by configuration that
   * is not Upkeep's. Servers do not call that an error; they serve one of the two.
   */
  readonly foreignHosts: (output: string) => (name: string) => string | undefined;
  /** What every use of it needs, given all that the estate's resources need of it. */
  readonly base: (needs: Needs, facts: Facts) => readonly Item[];
  /** The TCP ports it listens on for these needs. */
  readonly ports: (needs: Needs, settings: Settings) => readonly number[];
  /** How many files it holds open for these needs. */
  readonly openFiles: (needs: Needs) => number;
}

/** How to make it read its configuration again without dropping a connection, and how to see that it has. */
export type Reload = SignalReload | CommandReload | StepsReload;

export interface SignalReload {
  readonly signal: "SIGHUP" | "SIGUSR1" | "SIGUSR2";
  /** `workers`: the master has started new ones. `pidFile`: it has written its pid file anew. `log`: it says so there. */
  readonly doneWhen: "workers" | "pidFile" | "log";
  /** What it says in its log when it is done. */
  readonly says?: RegExp;
  /** What a worker calls itself once it takes no more connections, where old workers go on beside new ones. */
  readonly retired?: RegExp;
}

/** A command that is over when it is done. */
export interface CommandReload {
  readonly command: Argv;
  /** Where systemd runs this, what the unit says is done instead. Without it, the command is run, whatever else runs. */
  readonly unit?: string;
  /** The name of its process, by which it is found where there is no systemd. */
  readonly process?: string;
}

/** Commands one after the other, each over when it is done; nothing where the process does not run. */
export interface StepsReload {
  /** `moment`: milliseconds since 1970, for names that have to be new. */
  readonly steps: (moment: number) => readonly Argv[];
  /** The name of its process. */
  readonly process: string;
}

export interface Blame {
  readonly file?: string;
  readonly line?: number;
  /** Worth showing to a person. */
  readonly message: string;
}

/** What resources ask of daemons, counted: `{"apache2": 3, "apache2 tls": 1}`. */
export type Needs = ReadonlyMap<string, number>;
