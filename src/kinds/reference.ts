import { z } from "zod";
import type { Kind } from "../model/kind.ts";
import { placementSchema } from "../model/placement.ts";
import { UserError } from "../model/problem.ts";
import { didYouMean } from "./did-you-mean.ts";
import { kinds } from "./index.ts";

/*
 * The kinds' schemas as people and editors read them: `upkeep explain`, `upkeep schema`, docs/kinds.
 */

export interface Explained {
  readonly title: string;
  readonly type?: string;
  readonly says?: string;
  readonly fields: readonly ExplainedField[];
}

export interface ExplainedField {
  readonly name: string;
  readonly type: string;
  readonly says: string;
  /** The default, as YAML would have it. */
  readonly fallback?: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const specSchema = (kind: Kind): JsonSchema =>
  z.toJSONSchema(kind.spec, { io: "input", unrepresentable: "any" }) as JsonSchema;

/** JSON Schema of what one kind's `spec` may be. */
export const jsonSchemaOfSpec = (kind: Kind): object => specSchema(kind);

/** JSON Schema of a whole resource of one kind. */
export const jsonSchemaOf = (kind: Kind): object => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: kind.name,
  description: kind.summary,
  type: "object",
  required: ["kind", "name"],
  additionalProperties: false,
  properties: {
    kind: { const: kind.name },
    name: { type: "string" },
    ...placementProperties(),
    spec: { ...specSchema(kind), $schema: undefined },
  },
});

const placementProperties = (): object =>
  (z.toJSONSchema(placementSchema, { io: "input" }) as JsonSchema).properties ?? {};

/** JSON Schema of any resource. */
export const jsonSchemaOfAll = (): object => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "An Upkeep resource",
  oneOf: kinds.map((kind) => ({ ...jsonSchemaOf(kind), $schema: undefined })),
});

export const explainKind = (kind: Kind): Explained => ({
  title: kind.name,
  says: kind.summary,
  fields: fieldsOf(specSchema(kind)),
});

/** `explainField(siteKind, ["hsts", "maxAge"])` */
export function explainField(kind: Kind, path: readonly string[]): Explained {
  let schema = specSchema(kind);
  for (const [depth, name] of path.entries()) {
    const fields = propertiesOf(schema);
    const next = fields[name];
    if (!next) {
      const where = [kind.name, ...path.slice(0, depth)].join(".");
      const names = Object.keys(fields);
      throw new UserError(
        `${where} has no field "${name}"${didYouMean(name, names) || (names.length > 0 ? `; it has: ${names.join(", ")}` : "")}`,
      );
    }
    schema = next;
  }
  return {
    title: [kind.name, ...path].join("."),
    type: [typeOf(schema), ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`])].join(
      ", ",
    ),
    says: schema.description ?? "",
    fields: fieldsOf(schema),
  };
}

const fieldsOf = (schema: JsonSchema): ExplainedField[] =>
  Object.entries(propertiesOf(schema)).map(([name, field]) => ({
    name,
    type: typeOf(field),
    says: field.description ?? "",
    ...(field.default !== undefined && !isEmpty(field.default) && { fallback: JSON.stringify(field.default) }),
  }));

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

/** An object's fields, be it one of several forms or an element of a list. */
function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  if (schema.properties) return schema.properties;
  const inner = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return inner.map(propertiesOf).find((fields) => Object.keys(fields).length > 0) ?? {};
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" | ");
  if (schema.type === "array") return schema.items ? `list of ${typeOf(schema.items)}` : "list";
  if (schema.type === "object") {
    return typeof schema.additionalProperties === "object" ? `map to ${typeOf(schema.additionalProperties)}` : "object";
  }
  if (
    schema.type === "integer" &&
    schema.minimum !== undefined &&
    schema.maximum !== undefined &&
    schema.maximum < Number.MAX_SAFE_INTEGER
  ) {
    return `integer ${schema.minimum} to ${schema.maximum}`;
  }
  return schema.type ?? "anything";
}
