import type { Account } from "../../model/account.ts";
import { networkOf, parseAddress, printAddress } from "../../model/address.ts";
import type { Subject } from "../../store/people/failures.ts";
import type { People } from "../../store/people/people.ts";
import { asRecoveryCode, stepOf } from "./one-time-code.ts";
import type { Passwords } from "./password.ts";

/** Nobody is let in for a while, whatever they show. */
export class Locked extends Error {
  /** Milliseconds since 1970. */
  readonly until: number;
  constructor(until: number) {
    super("too many failures");
    this.until = until;
  }
}

/** Signing in, but for how it comes here and where it is kept. */
export interface SignIn {
  /** `undefined`: the address or the password is wrong; which one, nobody is told. Throws {@link Locked}. */
  byPassword(email: string, password: string, from: string): Promise<Account | undefined>;
  /** A code of an app, or one of those for the day on which it is gone. Throws {@link Locked}. */
  isSecondFactor(account: Account, code: string, from: string): Promise<boolean>;
}

/**
 * Failures count for the address from which they come, and there for each account. For an account alone they count, too, but
 * more are forgiven: else anybody could lock anybody out.
 */
const subjectsOf = (email: string, from: string): readonly Subject[] => [
  { name: `${networkOfCustomer(from)} ${email}`, forgiven: 5 },
  { name: networkOfCustomer(from), forgiven: 20 },
  { name: email, forgiven: 100 },
];

export function signingIn(
  { accounts, credentials, failures }: Pick<People, "accounts" | "credentials" | "failures">,
  {
    passwords,
    now,
    log,
  }: { readonly passwords: Passwords; readonly now: () => number; readonly log: (text: string) => void },
): SignIn {
  /** The right words let nobody in who is locked out, and take as long as the wrong ones. */
  async function guarded<T>(email: string, from: string, show: () => Promise<T | undefined>): Promise<T | undefined> {
    const subjects = subjectsOf(email, from);
    const locked = await failures.lockedUntil(subjects, now());
    if (locked !== undefined) throw new Locked(locked);
    const shown = await show();
    if (shown !== undefined) {
      await failures.forget(subjects.slice(0, 1));
      return shown;
    }
    await failures.count(subjects, now());
    // Read by the jail `upkeep-sign-in`, so its form is fixed, and nothing that was typed is in it.
    log(`sign-in refused from ${from}`);
    return undefined;
  }

  return {
    byPassword: (email, password, from) =>
      guarded(email, from, async () => {
        const account = await accounts.named(email);
        const isRight = await passwords.isRight(password, account && (await credentials.password(account.id)));
        return account && isRight && !account.isDisabled ? account : undefined;
      }),
    isSecondFactor: async ({ id, email }, code, from) =>
      (await guarded(email, from, async () => {
        const secret = await credentials.totp(id);
        const step = secret !== undefined && /^[\d ]{6,7}$/.test(code) ? stepOf(secret, code, now()) : undefined;
        if (step !== undefined) return (await credentials.useStep(id, step)) || undefined;
        return (await credentials.useRecoveryCode(id, asRecoveryCode(code))) || undefined;
      })) ?? false,
  };
}

/** An IPv6 address stands for the /64 that one customer has. */
export function networkOfCustomer(text: string): string {
  const address = parseAddress(text);
  if (!address) return text;
  return printAddress(networkOf(address, address.family === 4 ? 32 : 64));
}
