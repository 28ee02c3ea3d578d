import type { Files } from "../../host/files.ts";
import { replaceFile } from "../../host/replace-file.ts";
import type { MoveDialect } from "../../model/move.ts";
import { UserError } from "../../model/problem.ts";

/** What whoever holds a move's key may have to do with. */
export interface Move {
  readonly move: string;
  /** Names and directories of its sites. */
  readonly sites: Readonly<Record<string, string>>;
  /** Whose crontabs are moved. */
  readonly users: readonly string[];
  readonly databases: readonly { readonly dialect: MoveDialect; readonly name: string }[];
}

const directory = "/var/lib/upkeep/moves";
const fileOf = (move: string): string => `${directory}/${move}.json`;

const sshDirectory = "/root/.ssh";
const authorizedKeys = `${sshDirectory}/authorized_keys`;
const byRoot = { uid: 0, gid: 0, mode: 0o600 };

export function readMove(files: Files, move: string): Move | undefined {
  const text = files.read(fileOf(move));
  return text === undefined ? undefined : (JSON.parse(text) as Move);
}

/**
 * Lets the holder of a key in, see "AUTHORIZED_KEYS FILE FORMAT" in sshd(8): from one address, for one command of ours,
 * and on to the ports of databases.
 */
export function openDoor(
  files: Files,
  move: Move,
  {
    key,
    from,
    program,
    ports,
  }: {
    readonly key: string;
    readonly from: string | undefined;
    readonly program: string;
    readonly ports: readonly number[];
  },
): void {
  for (const path of ["/var/lib/upkeep", directory])
    if (!files.stat(path)) files.makeDirectory(path, { ...byRoot, mode: 0o700 });
  replaceFile(files, fileOf(move.move), `${JSON.stringify(move)}\n`, byRoot);
  const options = [
    "restrict",
    ...(from === undefined ? [] : [`from="${from}"`]),
    ...(ports.length === 0 ? [] : ["port-forwarding", ...ports.map((port) => `permitopen="127.0.0.1:${port}"`)]),
    `command="${program} moving ${move.move}"`,
  ];
  if (!files.stat(sshDirectory)) files.makeDirectory(sshDirectory, { ...byRoot, mode: 0o700 });
  const line = `${options.join(",")} ${key} ${markOf(move.move)}\n`;
  replaceFile(files, authorizedKeys, others(files, move.move) + line, byRoot);
}

/** Lets them in no longer. */
export function closeDoor(files: Files, move: string): void {
  if (files.stat(authorizedKeys)) replaceFile(files, authorizedKeys, others(files, move), byRoot);
  files.remove(fileOf(move));
}

const markOf = (move: string): string => `upkeep-${move}`;

/** The file without the line of this move. */
function others(files: Files, move: string): string {
  if (files.stat(authorizedKeys)?.type === "link")
    throw new UserError(`${authorizedKeys} is a link; Upkeep writes where root's keys are, and nowhere else`);
  const lines = (files.read(authorizedKeys) ?? "").split("\n").filter((line) => !line.endsWith(` ${markOf(move)}`));
  const text = lines.join("\n");
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
