import { UserError } from "../model/problem.ts";
import type { Invocation } from "./command.ts";

/** `--host` means something only where the control plane runs. */
export function refuseHost({ options }: Invocation): void {
  if (options.host !== undefined)
    throw new UserError("--host is for the machine on which the control plane runs; this one knows of itself alone");
}
