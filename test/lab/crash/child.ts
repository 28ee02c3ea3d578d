import { type Act, perform } from "./act.ts";
import { withDoor } from "./door.ts";

/* Performs an act and is killed before effect number N; survives if there are fewer. Prints each effect it reaches. */
const [, , number, act] = process.argv;
const names: string[] = [];
const result = await perform(JSON.parse(act!) as Act, (upkeep) =>
  withDoor(upkeep, Number(number), (_point, name) => names.push(name)),
);
process.stdout.write(JSON.stringify({ names, takenBack: result.outcome.takenBack ?? null }));
