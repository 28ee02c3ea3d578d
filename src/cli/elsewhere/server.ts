import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { dump, loadAll } from "js-yaml";
import { z } from "zod";
import type { ApiClient } from "../../client/client.ts";
import { localHost } from "../../host/local.ts";
import { replaceFile } from "../../host/replace-file.ts";
import { UserError } from "../../model/problem.ts";
import type { Invocation } from "../command.ts";

/* Control planes on other machines: where they are, and by what they let this person in. */

const known = z.record(
  z.string(),
  z.strictObject({
    token: z.string(),
    /** The certificate, as PEM, that a person has believed when they logged in. */
    certificate: z.string().optional(),
  }),
);

export type Known = z.output<typeof known>;

/** Where a person's tokens are; nobody else may read it. */
export const serversFile = (): string =>
  join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "upkeep", "servers.yaml");

export function knownServers(): Known {
  let text: string;
  try {
    text = readFileSync(serversFile(), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new UserError(`${serversFile()} cannot be read: ${(error as Error).message}`);
  }
  const result = known.safeParse(loadAll(text)[0] ?? {});
  if (!result.success) throw new UserError(`${serversFile()} is not what \`upkeep login\` writes`);
  return result.data;
}

export function keepServers(servers: Known): void {
  const file = serversFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const [uid, gid] = [process.getuid!(), process.getgid!()];
  replaceFile(localHost.files, file, dump(servers, { lineWidth: -1 }), { uid, gid, mode: 0o600 });
}

/** `panel.example.com`, `https://panel.example.com:8443/` -> `https://panel.example.com:8443` */
export function originOf(said: string): string {
  const url = URL.canParse(said) && /^https?:/.test(said) ? new URL(said) : urlOf(`https://${said}`);
  if (url?.pathname !== "/" || url.search !== "")
    throw new UserError(`"${said}" is no server; say it like https://panel.example.com:8443`);
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !isLocal)
    throw new UserError(`${url.origin} would be told your token in clear; only https will do`);
  return url.origin;
}

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** A way to the control plane elsewhere that a command goes to, in its user's name. */
export async function openElsewhere({
  server,
}: Invocation): Promise<{ readonly origin: string; readonly token: string; readonly ask: typeof fetch }> {
  const origin = originOf(server ?? "");
  const kept = knownServers()[origin];
  const token = process.env.UPKEEP_TOKEN || kept?.token;
  if (token === undefined)
    throw new UserError(`you have no token for ${origin}: \`upkeep login ${origin}\`, or set UPKEEP_TOKEN`);
  const { httpsFetch } = await import("../../host/https-fetch.ts");
  return { origin, token, ask: inWords(origin, httpsFetch(kept?.certificate)) };
}

/** The same as the API's own client. */
export async function apiElsewhere(invocation: Invocation): Promise<ApiClient> {
  const { origin, token, ask } = await openElsewhere(invocation);
  const { apiClient } = await import("../../client/client.ts");
  return apiClient(origin, { token, ask });
}

/** fetch() whose failures say what to do. */
export function inWords(origin: string, ask: typeof fetch): typeof fetch {
  return (...request) =>
    ask(...request).catch((error: NodeJS.ErrnoException) => {
      const isUnbelieved = /certificate|self-signed|issuer/i.test(`${error.code} ${error.message}`);
      throw new UserError(
        isUnbelieved
          ? `${origin} shows a certificate that this machine does not believe (${error.message}); \`upkeep login ${origin}\` shows which one, and believes it from then on if you do`
          : `${origin} does not answer: ${error.code ?? error.message}`,
      );
    });
}

/** What was asked for; a refusal in words, about the record that it is about. */
export async function answer<T>(
  asked: Promise<{
    readonly data?: T | undefined;
    readonly error?: unknown;
    readonly response: Response;
  }>,
): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  const { detail, errors = [] } = (error ?? {}) as {
    detail?: string;
    errors?: readonly { detail: string; ref?: string; pointer?: string }[];
  };
  if (response.status === 401)
    throw new UserError("your token is not good, or no longer; make another one, and log in again: upkeep login");
  if (errors.length === 0) throw new UserError(detail ?? `the control plane answers ${response.status}`);
  throw new UserError(
    errors.map(({ detail: message, ref, pointer }) => ({
      message,
      ...(ref !== undefined && { about: { ref, path: stepsIn(pointer) } }),
    })),
  );
}

/** See RFC 6901. */
const stepsIn = (pointer = ""): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
