import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/* Run in the bench's host: runs a command, and says how much memory it had at most. Kilobytes. */

const [program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: "ignore" });
let most = 0;
const looking = setInterval(() => {
  try {
    most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0));
  } catch {
    // It has just ended.
  }
}, 20);
child.on("exit", (code) => {
  clearInterval(looking);
  console.log(most);
  process.exitCode = code ?? 1;
});
