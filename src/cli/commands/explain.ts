import { didYouMean } from "../../kinds/did-you-mean.ts";
import { kindNamed, kinds } from "../../kinds/index.ts";
import { explainField, explainKind } from "../../kinds/reference.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";

export const run: Run = async ({ positionals: [what], json, terminal: { print, style } }) => {
  if (what === undefined) {
    print(
      json
        ? JSON.stringify(
            kinds.map(({ name, summary }) => ({ name, summary })),
            undefined,
            2,
          )
        : kinds.map(({ name, summary }) => `${style("bold", name)}  ${summary}`).join("\n"),
    );
    return 0;
  }
  const [kindName, ...path] = what.split(".");
  const kind = kindNamed(kindName!);
  if (!kind) {
    const names = kinds.map(({ name }) => name);
    throw new UserError(
      `there is no kind "${kindName}"${didYouMean(kindName!, names) || `; there is: ${names.join(", ")}`}`,
    );
  }
  const fields = path[0] === "spec" ? path.slice(1) : path;
  const explained = fields.length === 0 ? explainKind(kind) : explainField(kind, fields);
  if (json) {
    print(JSON.stringify(explained, undefined, 2));
    return 0;
  }
  print(`${style("bold", explained.title)}${explained.type ? style("dim", `  ${explained.type}`) : ""}`);
  if (explained.says) print(explained.says);
  if (explained.fields.length > 0) print("");
  const width = Math.max(0, ...explained.fields.map(({ name }) => name.length)) + 2;
  for (const { name, type, says, fallback } of explained.fields) {
    print(
      `  ${style("cyan", name.padEnd(width))}${says}${style("dim", `  [${type}${fallback ? `, default ${fallback}` : ""}]`)}`,
    );
  }
  return 0;
};
