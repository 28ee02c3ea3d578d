import { parseArgs } from "node:util";
import { formatProblem, UserError } from "../model/problem.ts";
import { isOfDisk } from "../model/sqlite-error.ts";
import { type Command, type ExitCode, globalOptions, parseConfig, type Terminal } from "./command.ts";
import { commands } from "./commands.ts";

/** Runs one command line. Never throws: whatever goes wrong becomes words and an exit code. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const json = argv.includes("--json");
  try {
    return await dispatch(argv, terminal, json);
  } catch (error) {
    terminal.progress(undefined);
    if (!(error instanceof UserError)) {
      const { message, stack } = error as Error;
      const advice = isOfDisk(error)
        ? `Upkeep's own records could not be read or written; most of the time the disk is full: see \`df -h /var/lib\`, make room, and do it again.`
        : "This is not your fault. UPKEEP_DEBUG=1 shows where it happened.";
      terminal.remark(`upkeep: ${message}\n${process.env.UPKEEP_DEBUG ? stack : advice}`);
      return 1;
    }
    if (json) terminal.print(JSON.stringify({ problems: error.problems }, undefined, 2));
    else
      terminal.remark(
        error.problems.map((problem) => terminal.style("red", "error: ") + formatProblem(problem)).join("\n"),
      );
    return 1;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal, json: boolean): Promise<ExitCode> {
  const [first = "help", ...rest] = argv;
  if (["help", "--help", "-h"].includes(first))
    return help(
      commands.find((each) => each.name === rest[0]),
      terminal,
    );
  const name = first === "--version" ? "version" : first;
  const found = commands.find((each) => each.name === name);
  const command = (await found?.named?.(rest[0] ?? "")) ?? found;
  if (!command)
    throw new UserError(
      `there is no command "${name}"${await suggestion(
        name,
        commands.map((each) => each.name),
      )}; \`upkeep help\` lists them`,
    );
  const { positionals, values } = await parse(command, rest);
  if (values.help) return help(command, terminal);
  const { min, max } = command.arguments;
  if (positionals.length < min || positionals.length > max)
    throw new UserError(`usage: upkeep ${command.name} ${command.usage}`);
  // What a runbook calls so is another server.
  const said = command.options?.server ? undefined : (values.server as string | undefined);
  const server = said ?? (process.env.UPKEEP_SERVER || undefined);
  const { run: runCommand } = await loaderOf(command, server)(values);
  const typed = [name, ...rest].join(" ");
  return runCommand({ positionals, options: values, json, terminal, typed, ...(server !== undefined && { server }) });
}

function loaderOf({ name, load, elsewhere }: Command, server: string | undefined): Command["load"] {
  if (server === undefined || elsewhere === "same") return load;
  if (elsewhere) return elsewhere;
  throw new UserError(
    `upkeep ${name} is about the machine on which it runs; leave out --server${process.env.UPKEEP_SERVER ? ", and UPKEEP_SERVER" : ""}`,
  );
}

async function parse(command: Command, args: readonly string[]) {
  // Where a command hands the rest to another program, that program's options are not ours.
  const split = command.passesRest ? args.indexOf("--") : -1;
  const [own, others] = split >= 0 ? [args.slice(0, split), args.slice(split + 1)] : [args, []];
  try {
    const { positionals, values } = parseArgs({
      args: [...own],
      options: parseConfig(command),
      allowPositionals: true,
      strict: true,
    });
    for (const [name, { choices }] of Object.entries(command.options ?? {})) {
      const value = values[name];
      if (choices && typeof value === "string" && !choices.includes(value))
        throw new UserError(`--${name} takes one of: ${choices.join(", ")}`);
    }
    return { positionals: [...positionals, ...others], values: values as Record<string, string | boolean | undefined> };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const unknown = /Unknown option '--?([^']+)'/.exec((error as Error).message)?.[1];
    if (!unknown) throw new UserError(`upkeep ${command.name}: ${(error as Error).message}`);
    const names = Object.keys({ ...globalOptions, ...command.options });
    throw new UserError(
      `upkeep ${command.name} has no option --${unknown}${await suggestion(unknown, names)}; it has: ${names.map((each) => `--${each}`).join(", ")}`,
    );
  }
}

async function suggestion(word: string, candidates: readonly string[]): Promise<string> {
  const { didYouMean } = await import("../kinds/did-you-mean.ts");
  return didYouMean(word, candidates);
}

async function help(command: Command | undefined, terminal: Terminal): Promise<ExitCode> {
  const { helpFor, overview } = await import("./help.ts");
  terminal.print(command ? helpFor(command, terminal) : overview(terminal));
  return 0;
}
