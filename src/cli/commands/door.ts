import { keepDoor } from "../../agent/doorkeeper.ts";
import { localHost } from "../../host/local.ts";
import type { Run } from "../command.ts";
import { untilTold } from "../until-told.ts";

export const run: Run = async () => {
  const close = await keepDoor(localHost);
  await untilTold();
  close();
  return 0;
};
