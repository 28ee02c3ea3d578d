import type { z } from "zod";
import { type Placement, placementSchema } from "../model/placement.ts";
import type { Place, Problem } from "../model/problem.ts";
import type { Resource, ResourceRef } from "../model/resource.ts";
import { refOf, tenantName } from "../model/resource.ts";
import { hasSealed, isSealed } from "../model/sealed.ts";
import type { Settings } from "../model/settings.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Document, type Path, placeOf, readDocuments, type Source } from "./documents.ts";
import { forbiddenHere } from "./forbidden-here.ts";
import { kindNamed, kinds } from "./index.ts";

/** A checked resource and where it was stated. */
export interface Declared {
  readonly ref: ResourceRef;
  readonly resource: Resource;
  readonly claims: readonly string[];
  readonly document: Document;
}

export interface Declarations {
  readonly declared: readonly Declared[];
  readonly problems: readonly Problem[];
}

/** Reads YAML or JSON documents into checked resources. Finds every problem, not only the first. */
export function declare(sources: readonly Source[], settings: Settings): Declarations {
  const results = sources.map((source) => declareSource(source, settings));
  const declared = results.flatMap((result) => result.declared);
  return { declared, problems: [...results.flatMap((result) => result.problems), ...clashes(declared)] };
}

function declareSource(source: Source, settings: Settings): Declarations {
  const { documents, problems } = readDocuments(source);
  const declared: Declared[] = [];
  for (const document of documents) {
    if (document.value === null || document.value === undefined) continue;
    const result = declareValue(document.value, settings, (path, message, at) =>
      problems.push({ message, place: placeOf(document, path, at) }),
    );
    if (result) declared.push({ ...result, document });
  }
  return { declared, problems };
}

type ReportIssue = (path: Path, message: string, at?: "key" | "value") => void;

function declareValue(
  value: unknown,
  settings: Settings,
  report: ReportIssue,
): Pick<Declared, "ref" | "resource" | "claims"> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report([], "expected a resource: `kind`, `name` and `spec`");
    return undefined;
  }
  const {
    kind: kindName,
    name,
    spec = {},
    tenant,
    host,
    hosts,
    strategy,
    ...others
  } = value as Record<string, unknown>;
  let sound = true;
  const fail: ReportIssue = (...issue) => {
    sound = false;
    report(...issue);
  };
  for (const field of Object.keys(others))
    fail([field], unknownField(field, "a resource", ["kind", "name", "spec", "tenant", ...placementFields]), "key");
  const kind = typeof kindName === "string" ? kindNamed(kindName) : undefined;
  if (!kind) {
    const names = kinds.map((each) => each.name);
    const suggestion = typeof kindName === "string" ? didYouMean(kindName, names) : "";
    fail(
      ["kind"],
      kindName === undefined
        ? `\`kind\` is missing; one of: ${names.join(", ")}`
        : `there is no kind ${JSON.stringify(kindName)}${suggestion || `; there is: ${names.join(", ")}`}`,
    );
  }
  const nameResult =
    typeof name === "string"
      ? kind?.normaliseName(name)
      : { problem: name === undefined ? "`name` is missing" : "`name` must be text" };
  if (nameResult && "problem" in nameResult) fail(["name"], nameResult.problem);
  if (!kind || !nameResult) return undefined;
  const title = `${kind.name}/${"name" in nameResult ? nameResult.name : String(name)}`;
  const placement = declarePlacement({ host, hosts, strategy }, title, fail);
  const owner = tenant === undefined || tenant === null ? undefined : tenantName.safeParse(tenant);
  if (owner?.success === false) fail(["tenant"], `${title}: tenant: ${owner.error.issues[0]!.message}`);
  const { open, sealed } = withoutSealed(spec ?? {}, kind.secrets ?? []);
  const result = kind.spec.safeParse(open, { reportInput: false });
  if (!result.success) {
    for (const issue of result.error.issues) reportIssue(issue, spec, kind.spec, title, fail);
    return undefined;
  }
  if (!("name" in nameResult)) return undefined;
  const resource = {
    kind: kind.name,
    name: nameResult.name,
    spec: result.data,
    ...(placement && { placement }),
    ...(owner?.success && { tenant: owner.data }),
  };
  for (const { path, message } of [...kind.check(resource), ...forbiddenHere(resource, settings)])
    fail(path.length > 0 ? ["spec", ...path] : ["kind"], [title, ...fieldOf(path), message].join(": "));
  // What is sealed is judged by who can open it.
  const whole = { ...resource, spec: { ...(resource.spec as object), ...sealed } };
  return sound ? { ref: refOf(resource), resource: whole, claims: kind.claims(resource) } : undefined;
}

/** Secrets as `upkeep get` shows them: they may be stated again without being known. */
function withoutSealed(spec: unknown, secrets: readonly string[]): { open: unknown; sealed: object } {
  if (secrets.length === 0 || !hasSealed(spec)) return { open: spec, sealed: {} };
  const isOne = ([field, value]: [string, unknown]) => secrets.includes(field) && isSealed(value);
  const fields = Object.entries(spec as object);
  return {
    open: Object.fromEntries(fields.filter((each) => !isOne(each))),
    sealed: Object.fromEntries(fields.filter(isOne)),
  };
}

const placementFields = ["host", "hosts", "strategy"];

function declarePlacement(
  stated: Readonly<Record<string, unknown>>,
  title: string,
  fail: ReportIssue,
): Placement | undefined {
  const given = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined && value !== null));
  if (Object.keys(given).length === 0) return undefined;
  const result = placementSchema.safeParse(given, { reportInput: false });
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(issue, given, placementSchema, title, fail, []);
  return undefined;
}

const fieldOf = (path: Path): string[] => (path.length > 0 ? [["spec", ...path].join(".")] : []);

function reportIssue(
  issue: z.core.$ZodIssue,
  spec: unknown,
  schema: z.ZodType,
  title: string,
  fail: ReportIssue,
  prefix: Path = ["spec"],
): void {
  const path = issue.path as Path;
  const field = [...prefix, ...path].join(".");
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      fail([...prefix, ...path, key], `${title}: ${unknownField(key, field, fieldsAt(schema, path))}`, "key");
    }
    return;
  }
  // Of a union's branches, the one that got furthest is the one that was meant.
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const deepest = issue.errors
      .filter((branch) => branch.every((each) => each.code !== "invalid_type" || each.path.length > 0))
      .sort((one, other) => one.length - other.length)[0];
    const inner = deepest?.filter(
      (each) => each.path.length > 0 || each.code === "unrecognized_keys" || each.code === "custom",
    );
    if (inner && inner.length > 0) {
      for (const each of inner)
        reportIssue({ ...each, path: [...path, ...each.path] } as z.core.$ZodIssue, spec, schema, title, fail, prefix);
      return;
    }
  }
  if (issue.code === "invalid_key") {
    fail([...prefix, ...path], `${title}: ${field}: ${issue.issues[0]?.message ?? issue.message}`, "key");
    return;
  }
  const found = valueAt(spec, path);
  const shown = found === undefined || typeof found === "object" ? "" : `, but found ${clip(JSON.stringify(found))}`;
  fail(
    [...prefix, ...path],
    `${title}: ${field}: ${issue.message.replace(/^Invalid input: /, "")}${issue.code === "custom" ? "" : shown}`,
  );
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…"` : text);

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part], value);

const unknownField = (field: string, where: string, fields: readonly string[]): string =>
  `${where === "a resource" ? "a resource" : where} has no field "${field}"${didYouMean(field, fields) || `; it has: ${fields.join(", ")}`}`;

/** Field names of the object schema at a path, looking through optional, default and union wrappers. */
function fieldsAt(schema: z.ZodType, path: Path): string[] {
  let here: unknown = schema;
  for (const part of path) here = stepInto(here, part);
  return Object.keys(shapeOf(here) ?? {});
}

interface AnyDefinition {
  readonly innerType?: unknown;
  readonly in?: unknown;
  readonly options?: readonly unknown[];
  readonly shape?: Record<string, unknown>;
  readonly element?: unknown;
  readonly valueType?: unknown;
}

const definitionOf = (schema: unknown): AnyDefinition =>
  (schema as { _zod?: { def: AnyDefinition } } | undefined)?._zod?.def ?? {};

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  const definition = definitionOf(schema);
  if (definition.shape) return definition.shape;
  const inner = definition.innerType ?? definition.in;
  if (inner) return shapeOf(inner);
  return definition.options?.map(shapeOf).find((shape) => shape !== undefined);
}

function stepInto(schema: unknown, part: string | number): unknown {
  const definition = definitionOf(schema);
  if (typeof part === "number" && definition.element) return definition.element;
  const shape = shapeOf(schema);
  if (shape?.[part]) return shape[part];
  const inner = definition.innerType ?? definition.in ?? definition.valueType;
  return inner ? stepInto(inner, part) : undefined;
}

/** Two resources of one name, or claiming one thing, within what has been read. */
function clashes(declared: readonly Declared[]): Problem[] {
  const problems: Problem[] = [];
  const refs = new Map<ResourceRef, Declared>();
  const claims = new Map<string, Declared>();
  for (const each of declared) {
    const namesake = refs.get(each.ref);
    if (namesake) {
      problems.push({
        message: `${each.ref} is stated twice; the first is in ${describePlace(placeOf(namesake.document, ["name"]))}`,
        place: placeOf(each.document, ["name"]),
      });
      continue;
    }
    refs.set(each.ref, each);
    for (const claim of each.claims) {
      const owner = claims.get(claim);
      if (owner)
        problems.push({
          message: `${each.ref}: ${claim} belongs to ${owner.ref} already, stated in ${describePlace(placeOf(owner.document, ["name"]))}`,
          place: placeOfClaim(each, claim),
        });
      else claims.set(claim, each);
    }
  }
  return problems;
}

const describePlace = ({ file, line }: Place): string => `${file}:${line}`;

/** Where a claim was made: the alias, or the name. */
export function placeOfClaim({ document, resource }: Declared, claim: string): Place {
  const value = claim.slice(claim.lastIndexOf(" ") + 1);
  const spec = resource.spec as { aliases?: readonly string[] };
  const index = spec.aliases?.indexOf(value) ?? -1;
  return placeOf(document, index >= 0 ? ["spec", "aliases", index] : ["name"]);
}
