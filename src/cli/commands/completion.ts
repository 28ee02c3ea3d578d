import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { completionScript } from "../completion.ts";

export const run: Run = async ({ positionals: [shell], terminal: { print } }) => {
  const script = completionScript(shell!);
  if (!script) throw new UserError(`there is completion for bash, zsh and fish, not for "${shell}"`);
  print(script);
  return 0;
};
