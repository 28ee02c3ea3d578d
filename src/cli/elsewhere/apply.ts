import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { follow, inPlace, loadStated } from "./change.ts";
import { isAnything, showPlans } from "./print.ts";
import { answer, apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  if (invocation.options.wait && invocation.options["no-wait"]) throw new UserError("say either --wait or --no-wait");
  const { wanted, change } = await loadStated(invocation);
  const api = await apiElsewhere(invocation);
  if (!invocation.json) {
    const plans = await inPlace(wanted, answer(api.POST("/v1/plan", { body: change })));
    if (plans.some(isAnything)) showPlans(plans, invocation);
  }
  return follow(api, await inPlace(wanted, answer(api.POST("/v1/apply", { body: change }))), invocation);
};
