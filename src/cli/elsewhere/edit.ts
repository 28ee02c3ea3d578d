import { defaultSettings } from "../../model/settings.ts";
import type { Run } from "../command.ts";
import { editText } from "../edit-text.ts";
import { lookUpOne } from "../look-up.ts";
import { changeOf, follow, inPlace } from "./change.ts";
import { recordsOf } from "./records.ts";
import { answer, apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  const [kind, name] = [invocation.positionals[0]!, invocation.positionals[1]!];
  const api = await apiElsewhere(invocation);
  const record = await lookUpOne(recordsOf(api), kind, name);
  const edited = editText(record, defaultSettings);
  if (!edited) {
    invocation.terminal.print("Nothing was changed.");
    return 0;
  }
  // What someone else has done since is not overwritten.
  const body = await changeOf([edited], record.revision);
  return follow(api, await inPlace([edited], answer(api.POST("/v1/apply", { body }))), invocation);
};
