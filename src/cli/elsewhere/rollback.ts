import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { hostGeneration } from "../through-control.ts";
import { follow } from "./change.ts";
import { answer, apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  const [given] = invocation.positionals;
  const api = await apiElsewhere(invocation);
  const { host } = invocation.options;
  if (typeof host === "string") {
    const params = { path: { name: host } };
    const body = { to: hostGeneration(given) };
    return follow(api, await answer(api.POST("/v1/hosts/{name}/rollback", { params, body })), invocation);
  }
  const [, former] = await answer(api.GET("/v1/changes", { params: { query: { limit: 2 } } }));
  const to = given === undefined ? (former?.number ?? 0) : Number(given);
  if (!Number.isInteger(to) || to < 0)
    throw new UserError(`there is no change ${given}; \`upkeep history\` lists them (0 is before the first)`);
  return follow(api, await answer(api.POST("/v1/rollback", { body: { to } })), invocation);
};
