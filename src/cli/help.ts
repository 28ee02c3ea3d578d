import { type Command, globalOptions, type OptionDefinition, type Terminal } from "./command.ts";
import { commands } from "./commands.ts";

/** What `upkeep help` prints. */
export function overview({ style }: Pick<Terminal, "style">): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    "Upkeep keeps hosting servers true to what a database says.",
    "",
    `${style("bold", "Usage:")} upkeep COMMAND [OPTIONS]`,
    "",
    ...commands.map(({ name, summary }) => `  ${style("cyan", name.padEnd(width))}${summary}`),
    "",
    "`upkeep help COMMAND` tells more. Exit codes: 0 done; 1 error, nothing changed; 2 `plan` or `diff` found",
    "something; 3 applied, but some resource was quarantined or failed (also `status`).",
  ].join("\n");
}

/** What `upkeep help COMMAND` prints. */
export function helpFor(command: Command, { style }: Pick<Terminal, "style">): string {
  const options: [string, OptionDefinition][] = Object.entries({ ...command.options, ...globalOptions });
  const label = ([name, { short, value }]: [string, OptionDefinition]) =>
    `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`;
  const width = Math.max(...options.map((option) => label(option).length)) + 2;
  return [
    `${style("bold", `upkeep ${command.name}`)} ${command.usage}`.trimEnd(),
    "",
    command.summary,
    ...(command.details ? ["", command.details] : []),
    "",
    style("bold", "Options:"),
    ...options.map((option) => `  ${label(option).padEnd(width)}${option[1].says}`),
    "",
    style("bold", "Examples:"),
    ...command.examples.map(([line, says]) => `  ${line}${says ? style("dim", `   # ${says}`) : ""}`),
  ].join("\n");
}
