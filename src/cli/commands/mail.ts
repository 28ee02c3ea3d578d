import { z } from "zod";
import { askGuard } from "../../agent/guard-door.ts";
import type { MailUsed } from "../../agent/guard-mail.ts";
import { localHost } from "../../host/local.ts";
import { dayOf, mailUseSchema } from "../../model/mail-limit.ts";
import { withThousands } from "../../model/number.ts";
import type { ObservedOnHost } from "../../store/happenings.ts";
import type { Invocation, Run } from "../command.ts";
import { type ControlPlane, controlPlane } from "../control-plane.ts";
import { warnOfFailing } from "../health-words.ts";
import { refuseHost } from "../refuse-host.ts";
import { requireRoot } from "../require-root.ts";

/** How far a limit is used today; `hosts`: by which hosts, where they are several. */
interface Shown extends MailUsed {
  readonly hosts?: Readonly<Record<string, number>>;
}

export const run: Run = async (invocation) => {
  requireRoot("mail", invocation);
  const { json, terminal } = invocation;
  const plane = await controlPlane(invocation);
  const all = plane ? await everywhere(plane) : here(invocation);
  const shown = await all;
  await warnOfFailing(["MailLimit"], plane, terminal);
  if (json) terminal.print(JSON.stringify(shown, undefined, 2));
  else if (shown.length === 0) terminal.print("No mail is limited. Try: upkeep explain MailLimit");
  for (const each of json ? [] : shown) print(each, invocation);
  return 0;
};

function here(invocation: Invocation): Promise<readonly Shown[]> {
  refuseHost(invocation);
  return askGuard<MailUsed[]>(localHost, { is: "mail" });
}

const limitSchema = z.object({ accounts: z.array(z.string()), perDay: z.int() });

async function everywhere({ api, records }: ControlPlane): Promise<readonly Shown[]> {
  const today = dayOf(localHost.clock.now());
  const observed = (await api.get<ObservedOnHost[]>("/v1/mail")).flatMap(({ host, key, value }) => {
    const { data } = mailUseSchema.safeParse(value);
    return data?.day === today ? [{ host, key, sent: data.sent }] : [];
  });
  return (await records.list("MailLimit")).flatMap(({ name, spec }): Shown[] => {
    const { data } = limitSchema.safeParse(spec);
    const own = observed.filter(({ key }) => key === name);
    return data
      ? [
          {
            name,
            ...data,
            sent: own.reduce((sum, { sent }) => sum + sent, 0),
            hosts: Object.fromEntries(own.map(({ host, sent }) => [host, sent])),
          },
        ]
      : [];
  });
}

function print({ name, accounts, perDay, sent, hosts }: Shown, { terminal }: Invocation): void {
  const { print, style } = terminal;
  const isOver = sent >= perDay;
  const where = Object.entries(hosts ?? {}).map(([host, count]) => `${host} ${withThousands(count)}`);
  const used = `${withThousands(sent)} of ${withThousands(perDay)} today${where.length > 1 ? ` (${where.join(", ")})` : ""}`;
  print(`${style("bold", name)}  ${style(isOver ? "red" : "green", used)}${isOver ? ", no more is taken" : ""}`);
  print(style("dim", `  ${accounts.join(", ")}`));
}
