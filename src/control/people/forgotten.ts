import { mailOfReset } from "../../model/reset-mail.ts";
import type { People } from "../../store/people/people.ts";
import type { Senders } from "./noticing.ts";
import { networkOfCustomer } from "./sign-in.ts";

/** How long a link for a new password is good. Milliseconds. */
const hour = 3_600_000;

/**
 * Sends a link for a new password to whoever has an account of this address and a password, and tells nobody whether there
 * is one. Whoever asks again and again waits longer and longer.
 */
export async function sendReset(
  { accounts, credentials, failures, invitations }: People,
  mail: NonNullable<Senders["mail"]>,
  {
    email,
    from,
    origin,
    now,
  }: { readonly email: string; readonly from: string; readonly origin: string; readonly now: number },
): Promise<void> {
  const subjects = [
    { name: `forgotten ${email}`, forgiven: 3 },
    { name: `forgotten ${networkOfCustomer(from)}`, forgiven: 20 },
  ];
  if ((await failures.lockedUntil(subjects, now)) !== undefined) return;
  await failures.count(subjects, now);
  const account = await accounts.named(email);
  if (!account || account.isDisabled || (await credentials.password(account.id)) === undefined) return;
  const made = await invitations.add({
    isOperator: false,
    account: account.id,
    invitedBy: email,
    expiresAt: now + hour,
  });
  const link = `${origin}/welcome#${made.secret}`;
  await mail(email, { id: `reset-${made.id}`, ...mailOfReset(link, account.language) });
}
