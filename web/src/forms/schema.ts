/** JSON Schema, as far as kinds use it. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a field is edited with. */
export type Control = "switch" | "choice" | "number" | "text" | "lines" | "pairs" | "group" | "variants" | "yaml";

export function controlFor(schema: Schema): Control {
  if (schema.enum) return "choice";
  if (schema.anyOf) return schema.anyOf.every((each) => simple.has(controlFor(each))) ? "variants" : "yaml";
  switch (schema.type) {
    case "boolean":
      return "switch";
    case "integer":
    case "number":
      return "number";
    case "string":
      return "text";
    case "array":
      return schema.items?.type === "string" ? "lines" : "yaml";
    case "object":
      if (schema.properties) return "group";
      return typeof schema.additionalProperties === "object" && schema.additionalProperties.type === "string"
        ? "pairs"
        : "yaml";
    default:
      return schema.const === undefined ? "yaml" : "choice";
  }
}

const simple: ReadonlySet<Control> = new Set(["switch", "choice", "number", "text", "lines", "group"]);

/** `maxAge` as people read it: `Max age`. */
export const titleOf = (field: string): string =>
  field
    .replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/^./, (first) => first.toUpperCase());

/** A value with one field set, or without it. */
export function withField(
  value: Readonly<Record<string, unknown>>,
  field: string,
  set: unknown,
): Record<string, unknown> {
  const { [field]: _, ...rest } = value;
  return set === undefined ? rest : { ...rest, [field]: set };
}
