import { createServer as createPlainServer, type Server } from "node:http";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import { hostname } from "node:os";
import { createAdaptorServer } from "@hono/node-server";
import type { JoinToken } from "../../bus/joining.ts";
import type { Host } from "../../host/host.ts";
import { installation } from "../../host/installation.ts";
import { rhythm } from "../../host/pace.ts";
import { parseNetwork } from "../../model/address.ts";
import { type Senders, startNoticing } from "../people/noticing.ts";
import type { Provider } from "../people/vouching.ts";
import { type ServerSettings, serverDirectory } from "../settings.ts";
import { httpApi } from "./app.ts";
import type { Around } from "./around.ts";
import { certificateFor } from "./certificate.ts";
import { pageRoutes } from "./pages.ts";

/** How often it is looked whether the certificate is another one. Milliseconds. */
const lookAgain = rhythm(3_600_000);

/** How long the link of the first start is good: until the next start, and no longer than that. Milliseconds. */
const firstLife = 86_400_000;

/** The control plane's door for people and programs elsewhere. Returns what closes it. */
export async function openWebDoor(
  host: Host,
  around: Omit<Around, "origin" | "providers">,
  {
    web,
    mail,
    joining,
  }: {
    readonly web: Exclude<ServerSettings["web"], false>;
    readonly mail?: ServerSettings["mail"];
    readonly joining: Omit<JoinToken, "host" | "secret"> | undefined;
  },
): Promise<() => void> {
  const { listen, tls, trustedProxies } = web;
  const origin = originOf(web);
  const [address, port] = splitAddress(listen);
  const senders = await sendersOf(host, mail);
  const providers = web.providers.map((each) => withSecret(host, each));
  const api = httpApi(
    { ...around, origin, providers, ...(senders.mail && { mail: senders.mail }) },
    { joining, trustedProxies: trustedProxies.flatMap((each) => parseNetwork(each) ?? []) },
  );
  await pageRoutes(api, host.files, `${installation}/build/web`);
  const names = [...new Set([new URL(origin).hostname.replace(/^\[|\]$/g, ""), "localhost", "127.0.0.1"])];
  const certificate = () =>
    certificateFor(host, {
      stated: typeof tls === "object" ? tls : undefined,
      directory: serverDirectory,
      names,
    });
  const secure = tls === "none" ? undefined : await certificate();
  const server = createAdaptorServer({
    fetch: api.fetch,
    ...(secure
      ? { createServer: createSecureServer as never, serverOptions: { ...secure, allowHTTP1: true } as never }
      : { createServer: createPlainServer }),
  }) as Server | Http2SecureServer;
  const looking = setInterval(async () => {
    if (!secure || !("setSecureContext" in server)) return;
    await certificate()
      .then((found) => server.setSecureContext(found))
      .catch((error: Error) => around.log(`keeps its certificate: ${error.message}`));
  }, lookAgain);
  looking.unref();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  around.log(`listens at ${origin}`);
  await inviteFirst(around, origin);
  const noticing = startNoticing({ ...around, origin }, senders);
  return () => {
    clearInterval(looking);
    noticing.stop();
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  };
}

async function sendersOf({ files }: Host, mail: ServerSettings["mail"]): Promise<Senders> {
  // Loaded when there is something to send.
  const webhook: Senders["webhook"] = async (to, id, body, { isOperator }) => {
    const [{ postSigned }, { isPublic }] = await Promise.all([
      import("../../host/deliver.ts"),
      import("../../host/public-address.ts"),
    ]);
    return postSigned(to, id, body, isOperator ? undefined : isPublic);
  };
  if (!mail) return { webhook };
  const { host, port, tls, user, passwordFile, from } = mail;
  const password = passwordFile === undefined ? undefined : files.read(passwordFile)?.trim();
  if (passwordFile !== undefined && password === undefined) throw new Error(`${passwordFile} cannot be read`);
  const smtp = { host, port, tls, ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
  return {
    webhook,
    mail: async (to, content) => (await import("../../host/deliver.ts")).sendMail(smtp, { from, to: [to], ...content }),
  };
}

function withSecret({ files }: Host, { clientSecretFile, ...provider }: Configured): Provider {
  const clientSecret = files.read(clientSecretFile)?.trim();
  if (clientSecret === undefined) throw new Error(`${clientSecretFile} cannot be read`);
  return { ...provider, clientSecret };
}

type Configured = Exclude<ServerSettings["web"], false>["providers"][number];

/** As long as nobody has an account, whoever can read our log makes the first one. */
async function inviteFirst({ people, log, now }: Pick<Around, "people" | "log" | "now">, origin: string) {
  const { accounts, invitations } = people;
  if (await accounts.isAnybody()) return;
  await invitations.forgetFirst();
  const { secret } = await invitations.add({
    isOperator: true,
    invitedBy: "the first start",
    expiresAt: now() + firstLife,
  });
  log(`nobody can sign in yet. The first operator does here, within a day: ${origin}/welcome#${secret}`);
}

/** `127.0.0.1:8443`, `[::]:8443` */
function splitAddress(listen: string): [address: string, port: number] {
  const colon = listen.lastIndexOf(":");
  return [listen.slice(0, colon).replace(/^\[|\]$/g, ""), Number(listen.slice(colon + 1))];
}

/** As browsers reach it, by what is stated or where nobody says otherwise. */
export function originOf({ listen, tls, origin }: Exclude<ServerSettings["web"], false>): string {
  if (origin !== undefined) return origin;
  const isSecure = tls !== "none";
  const [address, port] = splitAddress(listen);
  const name = address.startsWith("127.") || address === "::1" ? "localhost" : hostname();
  const usual = isSecure ? 443 : 80;
  return `${isSecure ? "https" : "http"}://${name}${port === usual ? "" : `:${port}`}`;
}
