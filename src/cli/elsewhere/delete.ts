import type { Run } from "../command.ts";
import { lookUpRefs } from "../look-up.ts";
import { follow } from "./change.ts";
import { recordsOf } from "./records.ts";
import { answer, apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  const [kind, ...names] = invocation.positionals;
  const api = await apiElsewhere(invocation);
  const refs = await lookUpRefs(recordsOf(api), kind!, names);
  return follow(api, await answer(api.POST("/v1/apply", { body: { delete: refs } })), invocation);
};
