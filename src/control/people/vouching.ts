import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { Account } from "../../model/account.ts";
import type { People } from "../../store/people/people.ts";

/** Somebody who vouches for people (OpenID Connect). */
export interface Provider {
  readonly name: string;
  readonly title: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How long somebody may be away at their provider's. Milliseconds. */
const patience = 600_000;

/** What the browser keeps for us meanwhile. */
interface Away {
  readonly provider: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** Signing in with an account elsewhere (OpenID Connect): by code, with PKCE, state and nonce. */
export interface Vouching {
  /** Where the browser goes, and what it keeps until it is back. */
  begin(provider: string): Promise<{ readonly address: string; readonly ticket: string } | undefined>;
  /** Who is back; `undefined`: nobody who has an account or an invitation here. Throws where the provider's word is not good. */
  end(provider: string, ticket: string, came: URL): Promise<Account | undefined>;
}

export function vouching(
  { accounts, invitations, tickets }: Pick<People, "accounts" | "invitations" | "tickets">,
  {
    providers,
    origin,
    now,
  }: { readonly providers: readonly Provider[]; readonly origin: string; readonly now: () => number },
): Vouching {
  const known = new Map<string, Promise<Configuration>>();
  /** A provider that does not answer is asked anew the next time. */
  function configurationOf({ name, issuer, clientId, clientSecret }: Provider): Promise<Configuration> {
    const url = new URL(issuer);
    const isHere = url.hostname === "localhost" || url.hostname === "127.0.0.1";
    const options = isHere && url.protocol === "http:" ? { execute: [allowInsecureRequests] } : {};
    const found = known.get(name) ?? discovery(url, clientId, clientSecret, undefined, options);
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  }
  const returnTo = (provider: string) => `${origin}/v1/session/oidc/${provider}/callback`;

  return {
    async begin(name) {
      const provider = providers.find((each) => each.name === name);
      if (!provider) return undefined;
      const away: Away = {
        provider: name,
        verifier: randomPKCECodeVerifier(),
        state: randomState(),
        nonce: randomNonce(),
      };
      const address = buildAuthorizationUrl(await configurationOf(provider), {
        redirect_uri: returnTo(name),
        scope: "openid email profile",
        code_challenge: await calculatePKCECodeChallenge(away.verifier),
        code_challenge_method: "S256",
        state: away.state,
        nonce: away.nonce,
      });
      return { address: address.href, ticket: tickets.make("away", away, now() + patience) };
    },
    async end(name, ticket, came) {
      const provider = providers.find((each) => each.name === name);
      const away = tickets.read("away", ticket, now()) as Away | undefined;
      if (!provider || away?.provider !== name) throw new Error("this took too long; begin again");
      const url = new URL(returnTo(name));
      url.search = came.search;
      const granted = await authorizationCodeGrant(await configurationOf(provider), url, {
        pkceCodeVerifier: away.verifier,
        expectedState: away.state,
        expectedNonce: away.nonce,
        idTokenExpected: true,
      });
      const { sub, email, email_verified: isVerified, name: calledName } = granted.claims()!;
      const subject = `${provider.issuer} ${sub}`;
      const account = await accounts.ofSubject(subject);
      if (account) return account.isDisabled ? undefined : account;
      // Whose address it is counts only if the provider has made sure of it.
      if (typeof email !== "string" || isVerified !== true) return undefined;
      const address = email.toLowerCase();
      const mine = await accounts.named(address);
      if (mine) {
        if (mine.isDisabled || !(await accounts.vouchFor(mine.id, subject))) return undefined;
        return mine;
      }
      const invited = (await invitations.list(now())).find((each) => each.email === address);
      if (!invited || !(await invitations.use(invited.id))) return undefined;
      const { isOperator, tenant, role, invitedBy } = invited;
      return accounts.add(
        {
          email: address,
          name: typeof calledName === "string" && calledName !== "" ? calledName.slice(0, 100) : address,
          language: "en",
          isOperator,
          tenants: tenant !== undefined && role !== undefined ? { [tenant]: role } : {},
          subject,
        },
        { at: now(), actor: address, cause: `accept the invitation of ${invitedBy}, by ${provider.title}` },
      );
    },
  };
}
