import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Account } from "../../model/account.ts";
import type { People } from "../../store/people/people.ts";

/** How long somebody may take. Milliseconds. */
const patience = 300_000;

/** Signing in by keys that devices hold (WebAuthn). With a fingerprint or PIN each is both factors at once. */
export function passkeys(
  { accounts, credentials, tickets }: Pick<People, "accounts" | "credentials" | "tickets">,
  { origin, now }: { readonly origin: string; readonly now: () => number },
) {
  const rpID = new URL(origin).hostname;
  /** Each challenge is answered once. */
  const used = new Map<string, number>();
  const expect = (purpose: string, ticket: string): string | undefined => {
    for (const [challenge, ends] of used) if (ends < now()) used.delete(challenge);
    const challenge = tickets.read(purpose, ticket, now()) as string | undefined;
    if (challenge === undefined || used.has(challenge)) return undefined;
    used.set(challenge, now() + patience);
    return challenge;
  };
  const ticketFor = (purpose: string, challenge: string) => tickets.make(purpose, challenge, now() + patience);

  return {
    async beginToAdd({ id, email, name }: Account) {
      const known = await credentials.passkeys(id);
      const options = await generateRegistrationOptions({
        rpID,
        rpName: "Upkeep",
        userName: email,
        userDisplayName: name,
        userID: new TextEncoder().encode(id),
        attestationType: "none",
        excludeCredentials: known.map((key) => ({ id: key.id, transports: [...key.transports] as never })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
      });
      return { options: plain(options), ticket: ticketFor(`passkey of ${id}`, options.challenge) };
    },
    /** Returns whether it has been added. */
    async add(account: Account, name: string, ticket: string, response: unknown): Promise<boolean> {
      const expectedChallenge = expect(`passkey of ${account.id}`, ticket);
      if (expectedChallenge === undefined) return false;
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
      }).catch(() => ({ verified: false, registrationInfo: undefined }));
      if (!verified || !registrationInfo) return false;
      const { id, publicKey, counter, transports = [] } = registrationInfo.credential;
      await credentials.addPasskey({
        id,
        account: account.id,
        publicKey,
        counter,
        transports,
        name,
        createdAt: now(),
      });
      return true;
    },
    async beginToSignIn() {
      const options = await generateAuthenticationOptions({ rpID, userVerification: "required" });
      return { options: plain(options), ticket: ticketFor("sign in", options.challenge) };
    },
    /** Whose key it is, if it is good. */
    async signIn(ticket: string, response: unknown): Promise<Account | undefined> {
      const expectedChallenge = expect("sign in", ticket);
      const key = await credentials.passkey(String((response as { id?: unknown }).id));
      if (expectedChallenge === undefined || !key) return undefined;
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
        requireUserVerification: true,
        credential: { ...key, transports: [...key.transports] as never },
      }).catch(() => ({ verified: false, authenticationInfo: undefined }));
      if (!verified || !authenticationInfo) return undefined;
      await credentials.usedPasskey(key.id, authenticationInfo.newCounter, now());
      const account = await accounts.get(key.account);
      return account?.isDisabled ? undefined : account;
    },
  };
}

/** For whom it is: JSON. */
const plain = (options: object) => options as Readonly<Record<string, never>>;

export type Passkeys = ReturnType<typeof passkeys>;
