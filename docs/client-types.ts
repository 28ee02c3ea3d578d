import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe } from "../src/control/http/app.ts";
import type { Api } from "../src/control/http/operation.ts";
import type { Schema } from "./json-schema.ts";

/* Writes the API's own description as types, as openapi-fetch takes them. */

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly { in: string; name: string; required?: boolean; schema: Schema }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

const quoted = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** A type in TypeScript. `sent`: what has a default need not be said. */
function typeOf(schema: Schema, sent: boolean): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1)!;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.map((each) => typeOf(each, sent)).join(" | ");
  if (schema.allOf) return schema.allOf.map((each) => typeOf(each, sent)).join(" & ");
  const types =
    typeof schema.type === "string" ? [schema.type] : (schema.type ?? (schema.properties ? ["object"] : []));
  return types.length === 0 ? "unknown" : types.map((type) => plainType(type, schema, sent)).join(" | ");
}

function plainType(type: string, schema: Schema, sent: boolean): string {
  switch (type) {
    case "integer":
    case "number":
      return "number";
    case "array":
      return `(${typeOf(schema.items ?? {}, sent)})[]`;
    case "object":
      return objectType(schema, sent);
    default:
      return type;
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema, sent: boolean): string {
  const entries = Object.entries(properties);
  if (entries.length === 0)
    return typeof additionalProperties === "object"
      ? `{ [name: string]: ${typeOf(additionalProperties, sent)} }`
      : "{ [name: string]: unknown }";
  const fields = entries.map(([name, field]) => {
    const isSure = required.includes(name) && !(sent && field.default !== undefined);
    const says = field.description ? `/** ${field.description.replaceAll("*/", "* /")} */\n` : "";
    return `${says && "\n"}${says}${quoted(name)}${isSure ? "" : "?"}: ${typeOf(field, sent)}${isSure ? "" : " | undefined"};`;
  });
  return `{ ${fields.join("\n")} }`;
}

const contentType = (content: Content | undefined, sent: boolean): string =>
  content
    ? `{ ${Object.entries(content)
        .map(([type, { schema }]) => `${JSON.stringify(type)}: ${typeOf(schema, sent)};`)
        .join(" ")} }`
    : "{ [type: string]: never }";

function operationType({ summary, parameters = [], requestBody, responses }: Operation): string {
  const groups = (["query", "header", "path"] as const).map((place) => {
    const own = parameters.filter((each) => each.in === place);
    if (own.length === 0) return `${place}?: never;`;
    const isNeeded = own.some(({ required }) => required);
    const fields = own.map(
      ({ name, required, schema }) =>
        `${quoted(name)}${required ? "" : "?"}: ${typeOf(schema, true)}${required ? "" : " | undefined"};`,
    );
    return `${place}${isNeeded ? "" : "?"}: { ${fields.join(" ")} };`;
  });
  const ends = Object.entries(responses).map(
    ([status, { content }]) =>
      `${status}: { headers: { [name: string]: unknown }; content: ${contentType(content, false)} };`,
  );
  const body = requestBody
    ? `requestBody: { content: ${contentType(requestBody.content, true)} };`
    : "requestBody?: never;";
  return `/** ${summary}. */\n{ parameters: { ${groups.join(" ")} cookie?: never };\n${body}\nresponses: { ${ends.join("\n")} } }`;
}

/** `src/client/paths.ts`, and what is in it. */
export function clientTypes(api: Api): [path: string, content: string] {
  const { paths = {}, components = {} } = describe(api) as unknown as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas?: Readonly<Record<string, Schema>> };
  };
  const schemas = Object.entries(components.schemas ?? {}).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema, false)};`,
  );
  const described = Object.entries(paths).map(([path, methods]) => {
    const all = ["get", "put", "post", "delete", "options", "head", "patch", "trace"].map((method) =>
      methods[method] ? `${method}: ${operationType(methods[method])};` : `${method}?: never;`,
    );
    return `${JSON.stringify(path)}: { parameters: { query?: never; header?: never; path?: never; cookie?: never };\n${all.join("\n")} };`;
  });
  const text = `/*\n * The API's description as types. Written by \`npm run docs\`; do not edit.\n */\n\n${schemas.join("\n\n")}\n\nexport interface paths {\n${described.join("\n")}\n}\n`;
  const path = join(import.meta.dirname, "../src/client/paths.ts");
  const biome = join(import.meta.dirname, "../node_modules/.bin/biome");
  return [path, execFileSync(biome, ["format", `--stdin-file-path=${path}`], { input: text, encoding: "utf8" })];
}
