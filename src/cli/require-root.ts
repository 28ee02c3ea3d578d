import { UserError } from "../model/problem.ts";

/** Stops a command that changes the machine and was not started by root. */
export function requireRoot(command: string, typed: string): void {
  if (process.getuid?.() === 0) return;
  throw new UserError(`${command} changes this machine and needs root; nothing was changed. Try: sudo upkeep ${typed}`);
}
