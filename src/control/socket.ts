import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { actorHeader, peerHeader } from "../model/peer.ts";
import { UserError } from "../model/problem.ts";
import type { Peer } from "./api.ts";

/*
 * The control plane's door for commands on its own machine. The kernel lets in whom the socket's rights let in. Who that
 * is, Node.js cannot ask the kernel (SO_PEERCRED); so they show it by making a file that we have named, with what we have
 * told them inside: its owner is who they are.
 */

/** Milliseconds for which a challenge, and then the answer to it, holds. */
const lifetime = 600_000;

export interface Identification {
  /** What a peer has to do: make this file with this inside. */
  challenge(): { readonly name: string; readonly file: string; readonly content: string };
  readonly identify: (context: Context) => Promise<Peer>;
}

/** `directory` is made anew; everyone may make files in it, and nobody may list them. */
export function peerIdentification(directory: string): Identification {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o1733);
  const challenged = new Map<string, { readonly content: string; readonly ends: number }>();
  const peers = new Map<string, Peer & { readonly ends: number }>();
  const forgetOld = () => {
    const now = Date.now();
    for (const all of [challenged, peers]) for (const [name, { ends }] of all) if (ends < now) all.delete(name);
  };
  return {
    challenge() {
      forgetOld();
      const [name, content] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
      challenged.set(name, { content, ends: Date.now() + lifetime });
      return { name, file: join(directory, name), content };
    },
    async identify(context) {
      forgetOld();
      const name = context.req.header(peerHeader) ?? "";
      const known = peers.get(name);
      const expected = challenged.get(name);
      if (!known && !expected) throw new UserError("say who you are first");
      const uid = known?.uid ?? ownerOf(join(directory, name), expected!.content);
      challenged.delete(name);
      const actor = uid === 0 ? context.req.header(actorHeader) : undefined;
      const peer = { uid, name: actor && /^[A-Za-z0-9._-]{1,64}$/.test(actor) ? actor : nameOf(uid) };
      peers.set(name, { ...peer, ends: Date.now() + lifetime });
      return peer;
    },
  };
}

/** Whose file it is; it must be theirs alone and say what only they have been told. */
function ownerOf(path: string, content: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    throw new UserError("say who you are first");
  }
  try {
    const stat = fstatSync(descriptor);
    const found = Buffer.alloc(content.length + 1);
    const length = stat.isFile() && stat.nlink === 1 ? readSync(descriptor, found) : 0;
    if (found.toString("latin1", 0, length) !== content) throw new UserError("this does not show who you are");
    return stat.uid;
  } finally {
    closeSync(descriptor);
    rmSync(path, { force: true });
  }
}

function nameOf(uid: number): string {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.split(":")[2] === String(uid));
  return line?.split(":")[0] ?? `user ${uid}`;
}

/**
 * Opens the door: at the socket that systemd has handed over (sd_listen_fds(3)), or at `path`, for root and the group.
 */
export async function listen(app: Hono, path: string, gid: number): Promise<Server> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const handed = process.env.LISTEN_PID === String(process.pid) && Number(process.env.LISTEN_FDS) > 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if (handed) server.listen({ fd: 3 }, resolve);
    else {
      rmSync(path, { force: true });
      server.listen(path, resolve);
    }
  });
  if (!handed) {
    chownSync(path, 0, gid);
    chmodSync(path, 0o660);
  }
  return server;
}
