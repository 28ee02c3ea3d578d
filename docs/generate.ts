import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { type Command, globalOptions, type OptionDefinition } from "../src/cli/command.ts";
import { commands } from "../src/cli/commands.ts";
import { commandFor } from "../src/cli/run-options.ts";
import { serverFile, serverSchema } from "../src/control/settings.ts";
import { kinds } from "../src/kinds/index.ts";
import { type Explained, explainField, explainKind } from "../src/kinds/reference.ts";
import type { Kind } from "../src/model/kind.ts";
import { policyFile, policySchema } from "../src/model/policy.ts";
import { settingsSchema } from "../src/model/settings.ts";
import { runbooks } from "../src/runbooks/index.ts";

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
  readonly description?: string;
  readonly default?: unknown;
}

function settingsTable(of: z.ZodType): string {
  const rows = (schema: SettingsSchema, above: readonly string[]): string[] =>
    Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
      const path = [...above, name];
      if (field.properties) return rows(field, path);
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

const note = "<!-- Generated by `npm run docs`. Change the code, not this file. -->";
const pages: Readonly<Record<string, string>> = {
  "reference/cli.md": cliPage(),
  "reference/runbooks.md": await runbooksPage(),
  "reference/settings.md": settingsPage(),
  ...Object.fromEntries(kinds.map((kind) => [`reference/${kind.name}.md`, kindPage(kind)])),
};

const isCheck = process.argv.includes("--check");
const stale: string[] = [];
for (const [name, text] of Object.entries(pages)) {
  const path = join(import.meta.dirname, name);
  const content = `${note}\n\n${text}\n`;
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
