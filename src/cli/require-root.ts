import { UserError } from "../model/problem.ts";

/** Stops a command that is about this machine and was not started by root. */
export function requireRoot(
  command: string,
  { typed, server }: { readonly typed: string; readonly server?: string | undefined },
): void {
  if (process.getuid?.() === 0 || server !== undefined) return;
  throw new UserError(`${command} changes this machine and needs root; nothing was changed. Try: sudo upkeep ${typed}`);
}
