import type { HostPlan } from "../../client/paths.ts";
import type { Invocation } from "../command.ts";
import { printPlanned } from "../print-plan.ts";

/** What each host would do. */
export function showPlans(plans: readonly HostPlan[], { json, terminal }: Invocation): void {
  const { print, style } = terminal;
  if (json) print(JSON.stringify(plans, undefined, 2));
  else if (plans.length === 0) print("Nothing to change.");
  for (const plan of json ? [] : plans) {
    print(style("bold", `${plan.host}:`));
    const { problem } = plan;
    print(
      problem === undefined
        ? printPlanned(plan, terminal)
        : `${style("yellow", "no plan:")} ${problem}; it takes this when it comes back`,
    );
  }
}

/** Whether hosts would have anything to do, or cannot say. */
export const isAnything = ({ changes, refused, problem }: HostPlan): boolean =>
  problem !== undefined || changes.length + refused.length > 0;
