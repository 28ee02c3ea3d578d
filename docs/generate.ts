import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { type Command, globalOptions, type OptionDefinition } from "../src/cli/command.ts";
import { commands } from "../src/cli/commands.ts";
import { commandFor } from "../src/cli/run-options.ts";
import { describe, httpApi } from "../src/control/http/app.ts";
import { serverFile, serverSchema } from "../src/control/settings.ts";
import { kinds } from "../src/kinds/index.ts";
import { type Explained, explainField, explainKind } from "../src/kinds/reference.ts";
import type { Kind } from "../src/model/kind.ts";
import { policyFile, policySchema } from "../src/model/policy.ts";
import { settingsSchema } from "../src/model/settings.ts";
import { runbooks } from "../src/runbooks/index.ts";
import { clientTypes } from "./client-types.ts";

/* Writes the reference from the code. With --check, fails if what is there differs. */

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function fieldTable({ fields }: Explained): string {
  const rows = fields.map(
    ({ name, type, says, fallback }) =>
      `| \`${name}\` | ${cell(says)} | ${cell(type)} | ${fallback ? `\`${cell(fallback)}\`` : ""} |`,
  );
  return ["| field | meaning | type | default |", "|---|---|---|---|", ...rows].join("\n");
}

function kindPage(kind: Kind): string {
  const whole = explainKind(kind);
  const inner = whole.fields
    .map(({ name }) => explainField(kind, [name]))
    .filter(({ fields }) => fields.length > 0)
    .map((field) => `## ${field.title}\n\n${field.says}\n\n${fieldTable(field)}`);
  return [
    `# ${kind.name}`,
    kind.summary,
    `For ${kind.scope === "tenant" ? "tenants and operators" : "operators"}. Every field of \`spec\` is optional unless said otherwise.`,
    fieldTable(whole),
    ...inner,
  ].join("\n\n");
}

const optionLine = ([name, { short, value, says }]: [string, OptionDefinition]): string =>
  `- \`${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}\`: ${says}`;

function commandSection(command: Command): string {
  return [
    `## upkeep ${command.name}`,
    `${`\`\`\`\nupkeep ${command.name} ${command.usage}`.trimEnd()}\n\`\`\``,
    command.summary,
    ...(command.details ? [command.details.replaceAll("\n", "\n\n")] : []),
    Object.entries({ ...command.options, ...globalOptions })
      .map(optionLine)
      .join("\n"),
    ["```", ...command.examples.map(([line, says]) => (says ? `${line}   # ${says}` : line)), "```"].join("\n"),
  ].join("\n\n");
}

const cliPage = (): string =>
  [
    "# Command line",
    "Exit codes: 0 done, nothing to do; 1 error, nothing changed; 2 `plan` or `diff` found something; 3 applied, but some resource was quarantined or failed.",
    ...commands.map(commandSection),
  ].join("\n\n");

interface SettingsSchema {
  readonly properties?: Readonly<Record<string, SettingsSchema>>;
  readonly anyOf?: readonly SettingsSchema[];
  readonly description?: string;
  readonly default?: unknown;
}

function settingsTable(of: z.ZodType): string {
  const rows = (schema: SettingsSchema, above: readonly string[]): string[] =>
    Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
      const path = [...above, name];
      const inner = field.properties ? field : field.anyOf?.find(({ properties }) => properties);
      if (inner) return rows(inner, path);
      const usual = field.default === undefined ? "" : `\`${JSON.stringify(field.default)}\``;
      return [`| \`${path.join(".")}\` | ${cell(field.description ?? "")} | ${usual} |`];
    });
  const schema = z.toJSONSchema(of, { io: "input" }) as SettingsSchema;
  return ["| setting | meaning | default |", "|---|---|---|", ...rows(schema, [])].join("\n");
}

const settingsPage = (): string =>
  [
    "# Settings of a host",
    "Two files belong to the host's owner. Neither need exist.",
    "`/etc/upkeep/host.yaml` says how things are here:",
    settingsTable(settingsSchema),
    "```yaml\nsites:\n  directory: /srv/www\n```",
    `\`${policyFile}\` says what records may do here, and has the last word, whoever writes them. It is asked when a record is stated and again when it is carried out: what is live already stays as it is, and \`upkeep status\` says why a record is refused.`,
    settingsTable(policySchema),
    '```yaml\nkinds: [Site, Maintenance]\naccounts:\n  only: ["site-*"]\n  never: [site-backup]\nfiles: [/etc/letsencrypt/live, /etc/ssl]\ncustom: false\n```',
    `## ${serverFile}`,
    "What a control plane works with. `upkeep install server` writes it.",
    settingsTable(serverSchema),
  ].join("\n\n");

const runbooksPage = async (): Promise<string> => {
  const base = commands.find(({ name }) => name === "run")!;
  const sections = runbooks.map(async ({ load, examples }) => {
    const { usage, summary, options, examples: lines } = commandFor(base, await load(), examples);
    return commandSection({
      ...base,
      details: "",
      name: `run ${usage}`,
      usage: "[OPTIONS]",
      summary,
      options: options ?? {},
      examples: lines,
    });
  });
  return ["# Runbooks", "What `upkeep run` can do.", ...(await Promise.all(sections))].join("\n\n");
};

/** Nothing of it is asked: it only says what can be. */
const api = httpApi({
  people: {},
  estate: {},
  fleet: {},
  control: {},
  origin: "https://localhost",
  now: Date.now,
} as never);

const apiPage = (): string => {
  const operations = Object.entries(describe(api).paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(
      methods as Readonly<Record<string, { summary: string; tags: readonly string[]; "x-needs": string }>>,
    ).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  const sections = [...Map.groupBy(operations, ({ tags: [tag] }) => tag)].map(([tag, all]) =>
    [
      `## ${tag}`,
      [
        "| | | for whom | what |",
        "|---|---|---|---|",
        ...all.map((each) => `| ${each.method} | \`${each.path}\` | ${each["x-needs"]} | ${cell(each.summary)} |`),
      ].join("\n"),
    ].join("\n\n"),
  );
  return [
    "# API",
    "`/v1/openapi.json` of a control plane describes each operation with all of its fields (OpenAPI 3.1). Problems come as RFC 9457.",
    "For whom: `nobody` need be signed in; `half`: the second factor is still to come; `session`: a person in a browser, no token; `viewer`, `member`, `admin`: at least that in some tenant, and it is about what they are that of; `operator`.",
    ...sections,
  ].join("\n\n");
};

const note = "<!-- Generated by `npm run docs`. Change the code, not this file. -->";
const pages: Readonly<Record<string, string>> = {
  "reference/cli.md": cliPage(),
  "reference/api.md": apiPage(),
  "reference/runbooks.md": await runbooksPage(),
  "reference/settings.md": settingsPage(),
  ...Object.fromEntries(kinds.map((kind) => [`reference/${kind.name}.md`, kindPage(kind)])),
};

const isCheck = process.argv.includes("--check");
const stale: string[] = [];
const files = Object.entries(pages).map(([name, text]): [string, string] => [
  join(import.meta.dirname, name),
  `${note}\n\n${text}\n`,
]);
files.push(clientTypes(api));
for (const [path, content] of files) {
  if (existsSync(path) && readFileSync(path, "utf8") === content) continue;
  stale.push(relative(process.cwd(), path));
  if (isCheck) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
if (isCheck && stale.length > 0) {
  console.error(`out of date: ${stale.join(", ")}; write them with: npm run docs`);
  process.exitCode = 1;
}
