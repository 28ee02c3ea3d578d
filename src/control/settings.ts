import { z } from "zod";

/** Where the control plane keeps what is its own. */
export const serverDirectory = "/var/lib/upkeep-server";
export const serverFile = "/etc/upkeep/server.yaml";

/** Whatever it is called: a server without TLS is not spoken to. */
const address = z.string().regex(/^(tls|nats):\/\/[^\s/]+:\d+$/, "must be like tls://198.51.100.2:4222");

/** `/etc/upkeep/server.yaml`: what a control plane works with. Every field has a default; the file need not exist. */
export const serverSchema = z.strictObject({
  web: z
    .union([
      z.literal(false),
      z.strictObject({
        listen: z
          .string()
          .regex(/^\S+:\d+$/, "must be like 0.0.0.0:8443")
          .default("127.0.0.1:8443")
          .describe("Address and port for people and programs."),
        origin: z
          .string()
          .regex(/^https?:\/\/[^\s/]+$/, "must be like https://panel.example.com")
          .optional()
          .describe("As browsers reach it. Default: this machine's name, or localhost, and the port of `listen`."),
        tls: z
          .union([
            z.literal("none"),
            z.strictObject({
              certificate: z.string().describe("PEM file with the certificate and its chain."),
              key: z.string().describe("PEM file with the private key; the account `upkeep` reads it."),
            }),
          ])
          .optional()
          .describe("Default: a certificate that is made here. `none`: a proxy on this machine speaks https."),
        trustedProxies: z
          .array(z.string())
          .default([])
          .describe("Of requests from these networks, the last address in X-Forwarded-For says who asks."),
        providers: z
          .array(
            z.strictObject({
              name: z.string().regex(/^[a-z0-9-]{1,40}$/, "must be small letters, digits and dashes"),
              title: z.string().min(1).max(60).describe("As the sign-in page calls it."),
              issuer: z.url().describe("Its address, as it says itself in `.well-known/openid-configuration`."),
              clientId: z.string().min(1),
              clientSecretFile: z.string().describe("File with the secret; the account `upkeep` reads it."),
            }),
          )
          .default([])
          .describe(
            "Who vouches for people (OpenID Connect); its address to come back to ends in `/v1/session/oidc/NAME/callback`.",
          ),
      }),
    ])
    .default({ listen: "127.0.0.1:8443", trustedProxies: [], providers: [] })
    .describe("The API and the web interface. `false`: neither."),
  database: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must be like postgres://upkeep@198.51.100.2/upkeep")
    .optional()
    .describe("The estate's records in PostgreSQL. Default: a SQLite file here."),
  mail: z
    .strictObject({
      host: z.string().min(1).describe("The mail server (SMTP)."),
      port: z.int().min(1).max(65_535).default(587),
      tls: z.boolean().default(true).describe("Nothing is sent without it. `false` makes sense on this machine alone."),
      user: z.string().optional(),
      passwordFile: z.string().optional().describe("File with the password; the account `upkeep` reads it."),
      from: z.email().describe("Whom mail is from."),
    })
    .optional()
    .describe("By it people are told of what concerns them. Default: only the web interface tells them."),
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
