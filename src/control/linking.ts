import { NoAnswer } from "../bus/bus.ts";
import type { MaintenanceLink } from "../model/facts.ts";
import { UserError } from "../model/problem.ts";
import type { LinkAsks } from "../model/report.ts";
import type { hostQuestions } from "./asking.ts";

/** Links of a maintenance, and on which of its hosts they are not so. */
export interface Linked {
  readonly links: readonly MaintenanceLink[];
  readonly problems: readonly { readonly host: string; readonly problem: string }[];
}

/**
 * Has links made, or revoked, on all hosts of a maintenance. The first that can makes them and the others take the same,
 * so that a link is good whichever of them is asked.
 */
export async function linkOnAll(
  { link }: Pick<ReturnType<typeof hostQuestions>, "link">,
  hosts: readonly string[],
  asks: LinkAsks,
): Promise<Linked> {
  const problems: Linked["problems"][number][] = [];
  let links: readonly MaintenanceLink[] | undefined;
  for (const host of hosts)
    try {
      links = await link(host, links && !asks.revoke ? { maintenance: asks.maintenance, links } : asks);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      problems.push({ host, problem: error.message });
    }
  if (!links)
    throw new UserError(
      problems[0]?.problem ?? `Maintenance/${asks.maintenance} is on no host, so there is nothing to link to`,
    );
  return { links, problems };
}
