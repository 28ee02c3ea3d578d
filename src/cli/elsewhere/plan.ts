import type { Run } from "../command.ts";
import { inPlace, loadStated } from "./change.ts";
import { isAnything, showPlans } from "./print.ts";
import { answer, apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  const { wanted, change } = await loadStated(invocation);
  const api = await apiElsewhere(invocation);
  const plans = await inPlace(wanted, answer(api.POST("/v1/plan", { body: change })));
  showPlans(plans, invocation);
  return plans.some(isAnything) ? 2 : 0;
};
