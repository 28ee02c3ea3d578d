import type { Dialect } from "../dialect.ts";
import { openLeases } from "../leases.ts";
import type { Secrets } from "../secrets.ts";
import type { Db } from "../tables.ts";
import { openAccounts } from "./accounts.ts";
import { openAnswered } from "./answered.ts";
import { openApiTokens } from "./api-tokens.ts";
import { auditing } from "./audited.ts";
import { openCredentials } from "./credentials.ts";
import { openFailures } from "./failures.ts";
import { openInvitations } from "./invitations.ts";
import { openNotices } from "./notices.ts";
import { openSessions } from "./sessions.ts";
import { openTenants } from "./tenants.ts";
import { openTickets } from "./tickets.ts";

export type People = ReturnType<typeof openPeople>;

/** Who may do something, for whom, and by what they show it. */
export function openPeople(db: Db, dialect: Dialect, secrets: Secrets) {
  const audited = auditing(db, dialect);
  const all = {
    tenants: openTenants(db, audited),
    accounts: openAccounts(db, audited),
    credentials: openCredentials(db, secrets),
    sessions: openSessions(db),
    apiTokens: openApiTokens(db),
    invitations: openInvitations(db),
    failures: openFailures(db),
    answered: openAnswered(db),
    tickets: openTickets(secrets),
    leases: openLeases(db),
    notices: openNotices(db, dialect, secrets),
  };
  return {
    ...all,
    async forgetOld(now: number): Promise<void> {
      await all.sessions.forgetOld(now);
      await all.invitations.forgetOld(now);
      await all.failures.forgetOld(now);
      await all.answered.forgetOld(now);
      await all.notices.forgetOld(now);
    },
  };
}
