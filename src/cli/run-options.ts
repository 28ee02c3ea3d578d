import { z } from "zod";
import { UserError } from "../model/problem.ts";
import type { Runbook } from "../runbooks/runbook.ts";
import type { Command, OptionDefinition } from "./command.ts";

/*
 * Fields of a runbook's input as options of `upkeep run NAME`: `maxRows` is `--max-rows`.
 */

interface Field {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
}

interface Fields {
  readonly properties: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

const fieldsOf = ({ input }: Runbook): Fields => z.toJSONSchema(input, { io: "input" }) as unknown as Fields;

const optionName = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The command for one runbook, as help and the parser know it. */
export function commandFor(base: Command, runbook: Runbook, examples: Command["examples"]): Command {
  const { properties, required = [] } = fieldsOf(runbook);
  const options = Object.fromEntries(
    Object.entries(properties).map(([field, { type, description = "", enum: choices }]): [string, OptionDefinition] => [
      optionName(field),
      type === "boolean"
        ? { type: "boolean", says: description }
        : {
            type: "string",
            value: type === "integer" ? "NUMBER" : field.replaceAll(/[a-z]*(?=[A-Z])/g, "").toUpperCase(),
            says: `${description}${required.includes(field) ? " Required." : ""}`,
            ...(choices && { choices }),
          },
    ]),
  );
  return {
    ...base,
    usage: runbook.name,
    summary: runbook.summary,
    options: { ...options, ...base.options },
    examples,
    arguments: { min: 1, max: 1 },
  };
}

/** What was typed, as the runbook takes it. */
export function inputOf(runbook: Runbook, typed: Readonly<Record<string, string | boolean | undefined>>): unknown {
  const { properties } = fieldsOf(runbook);
  const given = Object.fromEntries(
    Object.entries(properties).flatMap(([field, { type }]) => {
      const value = typed[optionName(field)];
      if (value === undefined) return [];
      return [[field, type === "integer" || type === "number" ? Number(value) : value]];
    }),
  );
  const { data, error } = runbook.input.safeParse(given);
  if (!error) return data;
  throw new UserError(
    error.issues.map(({ path, message, code }) => {
      const [field] = path;
      const isMissing = code === "invalid_type" && field !== undefined && !(String(field) in given);
      const option = `--${optionName(String(field))}`;
      return {
        message: isMissing
          ? `${option} is missing; \`upkeep run ${runbook.name} --help\` tells what it is`
          : `${option} ${message}`,
      };
    }),
  );
}
