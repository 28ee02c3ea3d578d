import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Provider } from "../../src/control/people/vouching.ts";

/** Who is signed in there, as it says. */
export interface Claims {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
  /** For trying what must not be believed. */
  nonce?: string;
  aud?: string;
  iss?: string;
}

/** An OpenID provider on loopback: whoever comes is signed in already, as `claims`. */
export async function openIdentityProvider() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const codes = new Map<string, { nonce: string; challenge: string }>();
  const provider = { claims: { sub: "1" } as Claims };
  let issuer = "";
  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", issuer);
    const json = (value: object, status = 200) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value));
    };
    if (url.pathname === "/.well-known/openid-configuration")
      return json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
      });
    if (url.pathname === "/keys")
      return json({
        keys: [{ ...createPublicKey(privateKey).export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }],
      });
    if (url.pathname === "/authorize") {
      const code = randomUUID();
      const asked = url.searchParams;
      codes.set(code, { nonce: asked.get("nonce") ?? "", challenge: asked.get("code_challenge") ?? "" });
      const back = new URL(asked.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code, state: asked.get("state") ?? "" }).toString();
      response.writeHead(302, { location: back.href });
      return response.end();
    }
    let body = "";
    for await (const part of request) body += part;
    const form = new URLSearchParams(body);
    const known = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!known || challenge !== known.challenge) return json({ error: "invalid_grant" }, 400);
    const now = Math.floor(Date.now() / 1000);
    const said = { iss: issuer, aud: "upkeep", iat: now, exp: now + 60, nonce: known.nonce, ...provider.claims };
    const unsigned = `${base64({ alg: "RS256", kid: "1" })}.${base64(said)}`;
    const signature = sign("sha256", Buffer.from(unsigned), privateKey).toString("base64url");
    return json({ access_token: "x", token_type: "Bearer", id_token: `${unsigned}.${signature}` });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stated: Provider = { name: "campus", title: "Campus", issuer, clientId: "upkeep", clientSecret: "secret" };
  return Object.assign(provider, {
    stated,
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
}
