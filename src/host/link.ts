import { dirname } from "node:path";
import type { Host } from "./host.ts";
import { SessionEnded, sessionWith } from "./session.ts";
import { Ssh, whyTurnedAway } from "./ssh.ts";

/** The other machine cannot be reached, or not any longer. */
export class Unreachable extends Error {}

/** A connection to another machine with a key of its own, see ssh(1). All that is said goes through one connection. */
export interface Link {
  /** Says a line to the command that the key is for, and has its answer, a line. Rejects with {@link Unreachable}, or its words. */
  ask(line: string, timeout?: number): Promise<string>;
  /** For rsync(1): what it connects by, and how it calls the other machine. */
  readonly rsync: readonly [shell: string, target: string];
  /** Has a socket here lead to a port there. */
  forward(socket: string, port: number): Promise<void>;
  /** Ends the connection; it is made anew when something is asked. */
  close(): Promise<void>;
}

/**
 * `directory`: short, for the connection's socket; made when it is needed, for root alone. `key`: the file with the private
 * key. What is known of the other machine's own keys is what whoever runs us knows (`known_hosts`).
 */
export function linkTo(
  { processes, files }: Pick<Host, "processes" | "files">,
  { target, key, directory }: { readonly target: string; readonly key: string; readonly directory: string },
): Link {
  // It judges what is no place for ssh.
  void new Ssh(target);
  const settings = {
    IdentityFile: key,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    BatchMode: "yes",
    ConnectTimeout: "10",
    ServerAliveInterval: "3",
    ServerAliveCountMax: "3",
    ControlMaster: "auto",
    ControlPath: `${directory}/link`,
    ControlPersist: "60",
    StreamLocalBindUnlink: "yes",
    ExitOnForwardFailure: "yes",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  // It is gone after a reboot.
  const makeReady = () => {
    for (const path of [dirname(directory), directory])
      if (!files.stat(path)) files.makeDirectory(path, { uid: 0, gid: 0, mode: path === directory ? 0o700 : 0o755 });
  };
  const control = (verb: string, ...more: string[]) =>
    processes.run(["ssh", ...options, "-O", verb, ...more, "--", target], { timeout: 20_000 });
  const session = sessionWith(["ssh", ...options, "--", target, "orders"]);
  const ask: Link["ask"] = async (line, timeout = 120_000) => {
    makeReady();
    try {
      return await session.ask(line, timeout);
    } catch (error) {
      if (!(error instanceof SessionEnded)) throw error;
      const { code, message } = error;
      // 0: it was ending when it was asked.
      if (![0, 124, 255].includes(code))
        throw new Error(`${target}: ${message.replace(/^error: /, "") || `it ended with ${code}`}`);
      await control("exit");
      throw new Unreachable(`${target} cannot be reached: ${message || "it does not answer"}${whyTurnedAway(message)}`);
    }
  };
  return {
    ask,
    get rsync() {
      makeReady();
      return [["ssh", ...options].join(" "), target] as const;
    },
    async forward(socket, port) {
      makeReady();
      const path = `${socket}:127.0.0.1:${port}`;
      const begin = () => control("forward", "-L", path);
      let begun = await begin();
      if (begun.code !== 0) {
        // There is no connection yet, or it has ended, or it forwards this already.
        await control("cancel", "-L", path);
        await processes.run(["ssh", ...options, "-f", "-N", "--", target], { timeout: 20_000 });
        begun = await begin();
      }
      if (begun.code !== 0) throw new Unreachable(`${target} does not let us to port ${port}: ${begun.stderr.trim()}`);
    },
    async close() {
      session.end();
      await control("exit");
    },
  };
}
