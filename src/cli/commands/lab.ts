import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
export const run: Run = async () => {
  throw new UserError("todo");
};
