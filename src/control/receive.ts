import { z } from "zod";
import { kindNamed } from "../kinds/index.ts";
import { placementSchema } from "../model/placement.ts";
import { type Problem, UserError } from "../model/problem.ts";
import { type ResourceRef, refOf, tenantName } from "../model/resource.ts";
import type { Estate } from "../store/estate.ts";
import type { Statement } from "./stating.ts";

/** A statement as it comes in: whoever sent it has checked it, and it is checked again. */
export const statementSchema = z.strictObject({
  resource: z.strictObject({
    kind: z.string(),
    name: z.string(),
    spec: z.record(z.string(), z.unknown()),
    placement: placementSchema.optional(),
    tenant: tenantName.optional(),
  }),
  from: z.string(),
  seen: z.int().min(0).optional(),
});

export type Received = z.output<typeof statementSchema>;

/** Checks what came in as if it had been written here. */
export function receive(all: readonly Received[], { opened }: Pick<Estate, "opened">): Statement[] {
  const problems: Problem[] = [];
  const open = (ref: ResourceRef, spec: unknown): unknown => {
    try {
      return opened(ref, spec);
    } catch (error) {
      throw new UserError((error as Error).message);
    }
  };
  const statements = all.flatMap(({ resource, from, seen }): Statement[] => {
    const title = `${resource.kind}/${resource.name}`;
    const complain = (path: readonly PropertyKey[], message: string) => {
      const field = path.map(String);
      problems.push({
        message: [title, ...(field.length > 0 ? [field.join(".")] : []), message].join(": "),
        about: { ref: title, path: field },
      });
    };
    const kind = kindNamed(resource.kind);
    if (!kind) {
      complain(["kind"], "the control plane does not know this kind; it may be older than your upkeep");
      return [];
    }
    const name = kind.normaliseName(resource.name);
    if ("problem" in name) {
      complain(["name"], name.problem);
      return [];
    }
    const spec = kind.spec.safeParse(open(`${kind.name}/${name.name}`, resource.spec));
    if (!spec.success) {
      for (const { path, message } of spec.error.issues) complain(["spec", ...path], message);
      return [];
    }
    const { placement, tenant } = resource;
    const checked = {
      kind: kind.name,
      name: name.name,
      spec: spec.data,
      ...(placement && { placement }),
      ...(tenant !== undefined && { tenant }),
    };
    const issues = kind.check(checked);
    for (const { path, message } of issues) complain(["spec", ...path], message);
    if (issues.length > 0) return [];
    const claims = kind.claims(checked);
    return [{ ref: refOf(checked), resource: checked, claims, from, ...(seen !== undefined && { seen }) }];
  });
  if (problems.length > 0) throw new UserError(problems);
  return statements;
}
