import { z } from "zod";

/** Where the control plane keeps what is its own. */
export const serverDirectory = "/var/lib/upkeep-server";
export const serverFile = "/etc/upkeep/server.yaml";

/** Whatever it is called: a server without TLS is not spoken to. */
const address = z.string().regex(/^(tls|nats):\/\/[^\s/]+:\d+$/, "must be like tls://198.51.100.2:4222");

/** `/etc/upkeep/server.yaml`: what a control plane works with. Every field has a default; the file need not exist. */
export const serverSchema = z.strictObject({
  database: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must be like postgres://upkeep@198.51.100.2/upkeep")
    .optional()
    .describe("The estate's records in PostgreSQL. Default: a SQLite file here."),
  bus: z
    .strictObject({
      servers: z.array(address).min(1).describe("NATS servers that are not Upkeep's, any of a cluster."),
      authorityFile: z
        .string()
        .optional()
        .describe("File with the certificate that the servers' own come from. Default: whom this machine trusts."),
      replicas: z.int().min(1).max(5).default(1).describe("On how many NATS servers everything is kept."),
    })
    .optional()
    .describe(
      "How hosts are reached. Default: by the NATS server of `nats`; else this machine alone, over the socket.",
    ),
  nats: z
    .strictObject({
      listen: z
        .string()
        .regex(/^\S+:\d+$/, "must be like 0.0.0.0:4222")
        .describe("Address and port of the NATS server that runs here for Upkeep."),
      advertise: z.array(address).min(1).describe("How hosts reach it, and others of its cluster."),
      cluster: z
        .strictObject({
          listen: z.string().describe("Address and port for the other servers."),
          routes: z.array(z.string()).describe("The others, as in nats://198.51.100.2:6222."),
        })
        .optional(),
      replicas: z.int().min(1).max(5).default(1).describe("On how many servers of the cluster everything is kept."),
    })
    .optional()
    .describe("A NATS server of Upkeep's own on this machine, whose configuration it writes and keeps."),
});

export type ServerSettings = z.output<typeof serverSchema>;
