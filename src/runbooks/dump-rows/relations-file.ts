import { load } from "js-yaml";
import { z } from "zod";
import { UserError } from "../../model/problem.ts";
import { type Rule, ruleSchema } from "./anonymize.ts";
import { tableNamed } from "./closure.ts";
import type { Relation, Schema } from "./schema.ts";

/** What a database does not say of itself: which columns refer to others, and which are nobody's business. */
export const relationsFileSchema = z.strictObject({
  relations: z
    .record(
      z.string(),
      z.union([z.string(), z.strictObject({ to: z.string(), where: z.string().min(1).max(1_000).optional() })]),
    )
    .default({}),
  anonymize: z.record(z.string(), ruleSchema).default({}),
});

export interface Said {
  readonly relations: readonly Relation[];
  /** By table and column. */
  readonly rules: ReadonlyMap<string, ReadonlyMap<string, Rule>>;
}

/**
 * ```yaml
 * relations:
 *   wp_postmeta.post_id: wp_posts.ID
 *   order_items(order_id, year): orders(id, year)
 *   wp_term_relationships.object_id: {to: wp_posts.ID, where: "c.term_taxonomy_id > 0"}
 * anonymize:
 *   wp_users.user_email: email
 * ```
 */
export function readRelations(text: string, file: string, schema: Schema): Said {
  const refuse = (why: string): never => {
    throw new UserError(`${file}: ${why}`);
  };
  let parsed: z.output<typeof relationsFileSchema>;
  try {
    parsed = relationsFileSchema.parse(load(text, { filename: file }) ?? {});
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw new UserError((error as Error).message);
    throw new UserError(
      error.issues.map(({ path, message }) => ({ message: `${file}: ${path.join(".")}: ${message}` })),
    );
  }
  const columnsOf = (written: string) => {
    const {
      table = "",
      list,
      column,
    } = /^(?<table>[^()]+?)(?:\((?<list>[^()]+)\)|\.(?<column>[^.()]+))$/.exec(written.trim())?.groups ?? {};
    const columns = (list?.split(",") ?? [column ?? ""]).map((name) => name.trim());
    if (table === "") return refuse(`"${written}" is no column; write table.column, or table(one, other)`);
    const known = new Set(tableNamed(schema, table.trim()).columns.map(({ name }) => name));
    for (const name of columns)
      if (!known.has(name)) refuse(`${table} has no column ${name}; it has: ${[...known].join(", ")}`);
    return { table: table.trim(), columns };
  };
  const relations = Object.entries(parsed.relations).map(([from, given]): Relation => {
    const { to, where } = typeof given === "string" ? { to: given, where: undefined } : given;
    const [child, parent] = [columnsOf(from), columnsOf(to)];
    if (child.columns.length !== parent.columns.length) refuse(`${from} and ${to} are not the same number of columns`);
    return {
      child: child.table,
      columns: child.columns,
      parent: parent.table,
      parentColumns: parent.columns,
      isDeclared: false,
      isDeferrable: false,
      ...(where !== undefined && { where }),
    };
  });
  const rules = new Map<string, Map<string, Rule>>();
  const kept = new Set(
    [...schema.relations, ...relations].flatMap(({ child, columns, parent, parentColumns }) => [
      ...columns.map((name) => `${child}.${name}`),
      ...parentColumns.map((name) => `${parent}.${name}`),
    ]),
  );
  for (const [written, rule] of Object.entries(parsed.anonymize)) {
    const { table, columns } = columnsOf(written);
    const found = schema.tables.get(table)!;
    for (const name of columns) {
      const column = found.columns.find((each) => each.name === name)!;
      if (kept.has(`${table}.${name}`) || found.key?.includes(name))
        refuse(`${table}.${name} tells rows apart or refers to others, so it has to stay what it is`);
      if (rule === null && !column.isNullable) refuse(`${table}.${name} may not be null`);
      rules.set(table, (rules.get(table) ?? new Map<string, Rule>()).set(name, rule));
    }
  }
  return { relations, rules };
}
