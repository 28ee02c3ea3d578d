import { randomBytes } from "node:crypto";
import { createUser } from "@nats-io/nkeys";
import { ownServerName } from "../bus/connect.ts";
import type { Host } from "../host/host.ts";
import { UserError } from "../model/problem.ts";
import { serverDirectory } from "./settings.ts";

/** Where the keys of Upkeep's own NATS servers are. Every machine of a cluster has the same, but `server.*`. */
export const busDirectory = `${serverDirectory}/bus`;

const inBus = (name: string): string => `${busDirectory}/${name}`;

export interface BusKeys {
  /** The public half of the control planes' key. */
  readonly control: string;
  readonly controlSeed: string;
  readonly joinPassword: string;
}

/** What all machines of a cluster share: the authority, the control planes' key, the password for joining. */
export const shared = ["authority.pem", "authority.key", "control.seed", "control.pub", "join.password"] as const;

export type SharedKeys = Readonly<Partial<Record<(typeof shared)[number], string>>>;

/** For another machine of the cluster. Whoever has this can do what a control plane can. */
export const sharedKeys = ({ files }: Host): SharedKeys =>
  Object.fromEntries(shared.flatMap((name) => (files.stat(inBus(name)) ? [[name, files.read(inBus(name))]] : [])));

const root = { uid: 0, gid: 0, mode: 0o600 };

/** Makes what is missing of the control planes' key and the password for joining. */
export function makeBusKeys({ files }: Host, given?: SharedKeys): void {
  if (!files.stat(busDirectory)) files.makeDirectory(busDirectory, { ...root, mode: 0o700 });
  for (const [name, content] of Object.entries(given ?? {}))
    if (!files.stat(inBus(name))) files.create(inBus(name), content, root);
  const user = createUser();
  if (!files.stat(inBus("control.seed"))) {
    files.create(inBus("control.seed"), `${new TextDecoder().decode(user.getSeed())}\n`, root);
    files.create(inBus("control.pub"), `${user.getPublicKey()}\n`, root);
  }
  if (!files.stat(inBus("join.password")))
    files.create(inBus("join.password"), `${randomBytes(16).toString("hex")}\n`, root);
}

/** Makes what is missing of an authority, and the certificate of a server at these addresses. */
export async function makeBusCertificates(host: Host, addresses: readonly string[]): Promise<void> {
  const { files } = host;
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"] as const;
  const openssl = async (...args: readonly string[]) => {
    const { code, stderr } = await host.processes.run(["openssl", "req", "-x509", ...key, ...args]);
    if (code !== 0) throw new Error(`openssl could not make a certificate: ${stderr.trim()}`);
  };
  const [authority, authorityKey] = [inBus("authority.pem"), inBus("authority.key")];
  if (!files.stat(authority)) await openssl("-subj", "/CN=Upkeep bus", "-keyout", authorityKey, "-out", authority);
  if (!files.stat(inBus("server.pem"))) {
    const names = [...new Set(["127.0.0.1", ...addresses])].map((each) =>
      /^[\d.]+$|:/.test(each) ? `IP:${each}` : `DNS:${each}`,
    );
    await openssl(
      ...["-CA", authority, "-CAkey", authorityKey, "-subj", "/CN=Upkeep bus server"],
      ...[
        "-addext",
        `subjectAltName=DNS:${ownServerName},${names.join(",")}`,
        "-addext",
        "basicConstraints=critical,CA:FALSE",
      ],
      ...["-keyout", inBus("server.key"), "-out", inBus("server.pem")],
    );
  }
}

function read({ files }: Host, name: string): string {
  const text = files.read(inBus(name));
  if (text === undefined) throw new UserError(`${inBus(name)} is missing; \`upkeep install server\` makes it`);
  return text.trim();
}

export const readBusKeys = (host: Host): BusKeys => ({
  control: read(host, "control.pub"),
  controlSeed: read(host, "control.seed"),
  joinPassword: read(host, "join.password"),
});

/** The certificate, as PEM, that those of Upkeep's own servers come from. */
export const readAuthority = (host: Host): string => `${read(host, "authority.pem")}\n`;
