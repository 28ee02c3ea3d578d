import type { Schema } from "../../docs/json-schema.ts";

/** What nobody should send, and somebody will. */
const hostile: readonly unknown[] = [
  ...[null, true, -1, 0, 1e308, "", " ", [], {}, [[]], { $ne: null }, { __proto__: { isOperator: true } }],
  ...["\u0000", "\ud800", "../../etc/passwd", "' OR 1=1 --", "<script>alert(1)</script>", "${jndi:x}", "%s%n"],
  ...["a".repeat(5_000), "🚀", "Ω".repeat(300), "__proto__", "constructor", "0x10", "NaN", "\r\nX: y", "1;2"],
];

/** What is known to be there, so that some requests find something. */
export const familiar = ["Site", "acme", "shop.example.com", "web1", "op@example.com", "Maintenance", "m1", "1", "0"];

/** Values as a schema describes them, most of the time. `random` gives numbers from 0 to 1. */
export function fromSchema(schema: Schema, random: () => number, lookUp: (ref: string) => Schema, depth = 0): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  if (random() < 0.08) return pick(hostile);
  if (schema.$ref !== undefined) return fromSchema(lookUp(schema.$ref), random, lookUp, depth);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(schema.enum);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return fromSchema(pick(choices), random, lookUp, depth);
  const type = typeof schema.type === "string" ? schema.type : schema.type ? pick(schema.type) : undefined;
  if (type === "boolean") return random() < 0.5;
  if (type === "null") return null;
  if (type === "integer" || type === "number") {
    const { minimum = 0, maximum = 1_000 } = schema;
    return pick([minimum, Math.min(maximum, minimum + 1), Math.floor(minimum + random() * 20)]);
  }
  if (type === "string") {
    if (random() < 0.6) return pick(familiar);
    return pick(["a", "x".repeat(schema.minLength ?? 12), "long enough a password", "127.0.0.1", '"1"', "*"]);
  }
  if (type === "array") {
    const length = depth > 4 ? 0 : Math.floor(random() * 3);
    return Array.from({ length }, () => fromSchema(schema.items ?? {}, random, lookUp, depth + 1));
  }
  if (type === "object" || schema.properties) {
    const entries: [string, unknown][] = [];
    for (const [name, property] of Object.entries(schema.properties ?? {}))
      if ((schema.required?.includes(name) && random() > 0.05) || random() < 0.4)
        entries.push([name, fromSchema(property, random, lookUp, depth + 1)]);
    const more = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
    if (more && depth < 5 && random() < 0.5)
      entries.push([pick(familiar), fromSchema(more, random, lookUp, depth + 1)]);
    if (random() < 0.05) entries.push([String(pick(hostile)), pick(hostile)]);
    return Object.fromEntries(entries);
  }
  return pick([...hostile, ...familiar]);
}
