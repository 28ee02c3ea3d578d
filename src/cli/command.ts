import type { ParseArgsOptionsConfig } from "node:util";

/** One command of the command line. Help, completion and the reference in docs/ are made from these. */
export interface Command {
  readonly name: string;
  /** Positional arguments as help shows them: `[PATH...]`. */
  readonly usage: string;
  readonly summary: string;
  /** A paragraph or two for `--help`. */
  readonly details?: string;
  readonly options?: Readonly<Record<string, OptionDefinition>>;
  readonly examples: readonly (readonly [command: string, says: string])[];
  /** What the shell may complete the positional arguments with. */
  readonly completes?: "files" | "kinds" | "generations" | "shells" | "lab hosts";
  readonly arguments: { readonly min: number; readonly max: number };
  /** Everything after the positional arguments so far belongs to another program. */
  readonly passesRest?: true;
  /** The same for one thing, which its first argument names, and which has options of its own. */
  readonly named?: (name: string) => Promise<Command | undefined>;
  /** Some of its options name a part of it that is loaded alone. */
  readonly load: (options: Options) => Promise<{ readonly run: Run }>;
  /** With `--server`: the same of a control plane elsewhere; `same`: it makes no difference. Without it, it is about this machine. */
  readonly elsewhere?: "same" | (() => Promise<{ readonly run: Run }>);
}

/** Options as they were given. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

export interface OptionDefinition {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** Name of the value in help: `FORMAT`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly says: string;
}

export type Run = (invocation: Invocation) => Promise<ExitCode>;

/** 0 done; 1 error, nothing changed; 2 `plan` found changes; 3 applied, but not everything. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: Options;
  readonly json: boolean;
  readonly terminal: Terminal;
  /** The control plane elsewhere that is meant, as it was said. */
  readonly server?: string;
  /** The command as the user would type it again. */
  readonly typed: string;
}

/** Where a command speaks. */
export interface Terminal {
  print(text: string): void;
  /** To the error stream: progress and remarks, never results. */
  remark(text: string): void;
  /** Replaces the current progress, of one line or more; nothing where nobody watches. */
  progress(text: string | undefined): void;
  style(format: Style, text: string): string;
  readonly width: number;
  readonly watched: boolean;
}

export type Style = "red" | "green" | "yellow" | "cyan" | "bold" | "dim";

export const globalOptions = {
  json: { type: "boolean", says: "Print JSON for programs." },
  server: {
    type: "string",
    value: "URL",
    says: "The control plane at https://..., in your own name (`upkeep login`). UPKEEP_SERVER says the same.",
  },
  help: { type: "boolean", short: "h", says: "Show this help." },
} as const satisfies Record<string, OptionDefinition>;

export const parseConfig = (command: Command): ParseArgsOptionsConfig =>
  Object.fromEntries(
    Object.entries({ ...globalOptions, ...command.options }).map(([name, option]: [string, OptionDefinition]) => [
      name,
      { type: option.type, ...(option.short && { short: option.short }) },
    ]),
  );
