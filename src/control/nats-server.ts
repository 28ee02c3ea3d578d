import { ping } from "../bus/connect.ts";
import { joiner, joinInbox, joinSubject } from "../bus/joining.ts";
import { permissionsOf } from "../bus/subjects.ts";

/** Who may come onto the bus. */
export interface BusUsers {
  /** Public key of the control planes, who may do everything. */
  readonly control: string;
  readonly joinPassword: string;
  readonly hosts: readonly { readonly name: string; readonly publicKey?: string | undefined }[];
}

/** What a nats-server of Upkeep's own is to be. */
export interface NatsServer extends BusUsers {
  readonly name: string;
  readonly listen: string;
  /** Where its files are: `server.pem`, `server.key`, `authority.pem`, and its store. */
  readonly directory: string;
  readonly cluster?: { readonly name: string; readonly listen: string; readonly routes: readonly string[] };
}

/** Largest message in bytes: a plan of a thousand sites, a built page. */
const largest = 8 << 20;

/** Those users as nats-server(8) has them. Each host may say and hear what is its own. */
export const busUsers = ({ control, joinPassword, hosts }: BusUsers): readonly object[] => [
  { nkey: control },
  {
    user: joiner,
    password: joinPassword,
    permissions: { publish: [joinSubject], subscribe: [`${joinInbox}.>`] },
  },
  ...hosts.flatMap(({ name, publicKey }) =>
    publicKey === undefined
      ? []
      : [
          {
            nkey: publicKey,
            // A question is answered once, and soon.
            permissions: { ...permissionsOf(name), allow_responses: { max: 1, expires: "2m" } },
          },
        ],
  ),
];

/** The configuration of nats-server(8), which reads JSON as it reads its own language. */
export function natsConfiguration(server: NatsServer): string {
  const { name, listen, directory, cluster } = server;
  const tls = {
    cert_file: `${directory}/server.pem`,
    key_file: `${directory}/server.key`,
    ca_file: `${directory}/authority.pem`,
    timeout: 5,
  };
  return `${JSON.stringify(
    {
      server_name: name,
      listen,
      pid_file: `${directory}/nats.pid`,
      max_payload: largest,
      ping_interval: `${ping.every / 1_000}s`,
      ping_max: ping.most,
      jetstream: { store_dir: `${directory}/store` },
      tls,
      authorization: { users: busUsers(server) },
      ...(cluster && {
        cluster: { name: cluster.name, listen: cluster.listen, routes: cluster.routes, tls: { ...tls, verify: true } },
      }),
    },
    undefined,
    2,
  )}\n`;
}
