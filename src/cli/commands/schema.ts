import { kindNamed, kinds } from "../../kinds/index.ts";
import { jsonSchemaOf, jsonSchemaOfAll } from "../../kinds/reference.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";

export const run: Run = async ({ positionals: [name], terminal: { print } }) => {
  const kind = name === undefined ? undefined : kindNamed(name);
  if (name !== undefined && !kind)
    throw new UserError(`there is no kind "${name}"; there is: ${kinds.map((each) => each.name).join(", ")}`);
  print(JSON.stringify(kind ? jsonSchemaOf(kind) : jsonSchemaOfAll(), undefined, 2));
  return 0;
};
