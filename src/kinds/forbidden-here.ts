import type { SpecIssue } from "../model/kind.ts";
import { forbidden } from "../model/policy.ts";
import type { Resource } from "../model/resource.ts";
import type { Settings } from "../model/settings.ts";
import { kindNamed } from "./index.ts";

/** What of a record this host's owner does not allow. */
export const forbiddenHere = (resource: Resource, { policy }: Settings): SpecIssue[] =>
  forbidden(policy, resource, kindNamed(resource.kind)?.asks?.(resource) ?? {});
