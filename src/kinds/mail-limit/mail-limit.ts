import { z } from "zod";
import { eximLimitNeed, whyNoEximLimits } from "../../daemons/exim.ts";
import { postfixLimitNeed, whyNoPostfixLimits } from "../../daemons/postfix.ts";
import { systemFile } from "../../daemons/system-items.ts";
import { mailLimitNeed, watchNeed } from "../../daemons/watches.ts";
import type { Facts } from "../../model/facts.ts";
import { kind, type Rendering } from "../../model/kind.ts";
import { accountName, type MailLimitConfig, type MailServer, mailLimitDirectory } from "../../model/mail-limit.ts";
import type { Resource } from "../../model/resource.ts";
import { plainName } from "../values.ts";

export const mailLimitSpec = z.strictObject({
  accounts: z
    .array(accountName)
    .min(1)
    .max(10_000)
    .describe("Accounts of the host, as which sites and programs run. They share the limit."),
  perDay: z
    .int()
    .min(0)
    .max(10_000_000)
    .describe("Messages that this host's mail server takes from them on one day (UTC); further ones it refuses."),
});

export type MailLimitSpec = z.output<typeof mailLimitSpec>;

/** How much mail sites may send: one that was broken into sends no more than that. */
export const mailLimitKind = kind<MailLimitSpec>({
  name: "MailLimit",
  summary: "Lets accounts give the host's mail server only so many messages a day (Exim, Postfix).",
  scope: "operator",
  spec: mailLimitSpec,
  normaliseName: plainName("acme"),
  check: () => [],
  claims: () => [],
  render,
});

/** How each server is told, where it writes what it has taken, and why it cannot be told here. */
const servers: Readonly<
  Record<
    MailServer,
    {
      readonly need: string;
      readonly journal: readonly string[];
      readonly log: string;
      readonly whyNot: (facts: Facts) => string | undefined;
    }
  >
> = {
  exim: { need: eximLimitNeed, journal: [], log: "/var/log/exim4/mainlog", whyNot: whyNoEximLimits },
  postfix: {
    need: postfixLimitNeed,
    journal: ["SYSLOG_IDENTIFIER=postfix/pickup"],
    log: "/var/log/mail.log",
    whyNot: whyNoPostfixLimits,
  },
};

function render({ name, spec }: Resource<MailLimitSpec>, facts: Facts): Rendering {
  const server: MailServer | undefined = facts.packages.has("exim4-config")
    ? "exim"
    : facts.packages.has("postfix")
      ? "postfix"
      : undefined;
  // Most hosts of an estate may have none, and nothing is sent from there.
  if (!server)
    return { items: [], needs: [], probes: [], notes: [`${name}: there is no mail server here that Upkeep knows`] };
  const { need, journal, log, whyNot } = servers[server];
  const refused = whyNot(facts);
  if (refused !== undefined) return { items: [], needs: [], probes: [], refused };
  const isInJournal = facts.init === "systemd" && journal.length > 0;
  const config: MailLimitConfig = {
    name,
    server,
    journal: isInJournal ? [...journal] : [],
    logs: isInJournal ? [] : [log],
    accounts: [...new Set(spec.accounts)].sort(),
    perDay: spec.perDay,
  };
  return {
    items: [systemFile(`${mailLimitDirectory}/${name}.json`, `${JSON.stringify(config, undefined, 2)}\n`)],
    needs: [watchNeed, mailLimitNeed, need],
    probes: [],
  };
}
