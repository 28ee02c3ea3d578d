import type { ConditionState } from "../model/condition.ts";
import type { Style } from "./command.ts";

export const conditionColour: Readonly<Record<ConditionState, Style>> = {
  Pending: "yellow",
  Applied: "green",
  Failed: "red",
  Quarantined: "red",
  Drifted: "yellow",
};
