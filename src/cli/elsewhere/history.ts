import type { Run } from "../command.ts";
import { limitOf, printAudit, printChanges, printVerdict } from "../commands/history.ts";
import { answer, apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  const { options, json, terminal } = invocation;
  const query = { limit: limitOf(options) };
  const api = await apiElsewhere(invocation);
  if (options.verify) return printVerdict(await answer(api.GET("/v1/audit/verify")), json, terminal);
  if (options.audit) {
    const entries = await answer(api.GET("/v1/audit", { params: { query } }));
    printAudit(
      entries.map(({ number, ...entry }) => ({ ...entry, id: number })),
      json,
      terminal,
    );
  } else printChanges(await answer(api.GET("/v1/changes", { params: { query } })), json, terminal);
  return 0;
};
