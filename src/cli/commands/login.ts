import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "../../model/problem.ts";
import type { ExitCode, Invocation, Run } from "../command.ts";
import { answer, inWords, keepServers, knownServers, originOf, serversFile } from "../elsewhere/server.ts";

export const run: Run = async (invocation) => {
  const [said = ""] = invocation.positionals;
  const origin = originOf(said);
  return invocation.options.forget === true ? forget(origin, invocation) : login(origin, invocation);
};

function forget(origin: string, { terminal }: Invocation): ExitCode {
  const { [origin]: known, ...others } = knownServers();
  if (!known) throw new UserError(`you are not logged in at ${origin}`);
  keepServers(others);
  terminal.print(`Your token for ${origin} is not here any longer; it is good until it ends, or you remove it there.`);
  return 0;
}

async function login(origin: string, invocation: Invocation): Promise<ExitCode> {
  const { json, terminal } = invocation;
  const certificate = await believed(origin, invocation);
  const token = process.env.UPKEEP_TOKEN || (await tokenOf(origin, terminal.remark));
  if (!token) throw new UserError("there was no token");
  const { httpsFetch } = await import("../../host/https-fetch.ts");
  const { apiClient } = await import("../../client/client.ts");
  const api = apiClient(origin, { token, ask: inWords(origin, httpsFetch(certificate)) });
  const { account, rights } = await answer(api.GET("/v1/me"));
  keepServers({ ...knownServers(), [origin]: { token, ...(certificate !== undefined && { certificate }) } });
  const roles = rights.isOperator
    ? ["operator"]
    : Object.entries(rights.tenants).map((each) => each.reverse().join(" of "));
  if (json) terminal.print(JSON.stringify({ server: origin, email: account.email, roles }));
  else
    terminal.print(
      `You are ${account.email} at ${origin}${roles.length > 0 ? `, ${roles.join(", ")}` : ""}. \`upkeep status --server ${origin}\`, or set UPKEEP_SERVER. The token is in ${serversFile()}.`,
    );
  return 0;
}

/** The certificate that has to be kept, if this machine does not believe the server anyway and a person does. */
async function believed(origin: string, { options, terminal }: Invocation): Promise<string | undefined> {
  const { certificateOf, httpsFetch } = await import("../../host/https-fetch.ts");
  const url = new URL(origin);
  if (url.protocol === "http:") return undefined;
  try {
    await httpsFetch(undefined)(`${origin}/v1/health`);
    return undefined;
  } catch (error) {
    if (!/certificate|self-signed|issuer/i.test(`${(error as NodeJS.ErrnoException).code} ${(error as Error).message}`))
      throw new UserError(
        `${origin} does not answer: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
      );
  }
  const { pem, fingerprint } = await certificateOf(url);
  const told = options.fingerprint;
  if (typeof told === "string") {
    if (told.replaceAll(":", "").toLowerCase() !== fingerprint.replaceAll(":", "").toLowerCase())
      throw new UserError(`${origin} shows another certificate, with the fingerprint ${fingerprint}; nothing was kept`);
    return pem;
  }
  const says = `${origin} shows a certificate that this machine does not believe. Its fingerprint (SHA-256) is\n  ${fingerprint}`;
  const compare = "There, `openssl x509 -noout -fingerprint -sha256 -in /var/lib/upkeep-server/web.pem` prints it.";
  if (!process.stdin.isTTY) throw new UserError(`${says}\n${compare} If it is the same: --fingerprint ${fingerprint}`);
  terminal.remark(`${says}\n${compare}`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const reply = await lines.question("Is it the same? (yes/no) ").finally(() => lines.close());
  if (!/^y(es)?$/i.test(reply.trim())) throw new UserError("nothing was kept");
  return pem;
}

/** What a person pastes, which is not shown, or a program says. */
async function tokenOf(origin: string, remark: (text: string) => void): Promise<string> {
  if (!process.stdin.isTTY) {
    let text = "";
    for await (const chunk of process.stdin) text += String(chunk);
    return text.trim();
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  remark(`A token (made at ${origin} under "Your account"; it is not shown here):`);
  return (await lines.question("").finally(() => lines.close())).trim();
}
