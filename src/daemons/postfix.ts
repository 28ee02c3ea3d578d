import type { Daemon, Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import type { Item } from "../model/item.ts";
import { stoppedAccounts } from "../model/mail-limit.ts";
import { guest } from "./guest.ts";
import { insertion, withoutOurs } from "./insert.ts";

const name = "postfix";

/** Some accounts' mail is to be limited. */
export const postfixLimitNeed = "postfix mail limits";

const main = "/etc/postfix/main.cf";

/** Postfix as Debian and Ubuntu package it. Upkeep has it look who may send no more today, and nothing else. */
export const postfix: Daemon = {
  ...guest,
  name,
  check: ["postfix", "check"],
  reload: { unit: name, process: "master", command: ["postfix", "reload"] },
  errorLog: "/var/log/mail.log",
  /** `postfix: fatal: /etc/postfix/main.cf, line 12: missing '=' after attribute name: "foo"` */
  blame(output) {
    const message = output.trim().slice(0, 2000);
    const place = /(?<file>\/[^\s,:]+), line (?<line>\d+)/.exec(output)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  base,
};

function base(needs: Needs, { foreign }: Facts): readonly Item[] {
  const theirs = foreign.get(main);
  if (!needs.has(postfixLimitNeed) || theirs === undefined) return [];
  // In main.cf nothing can stand behind a value: the line is known by what it says.
  return [
    insertion(main, theirs, new Map([[-1, [`authorized_submit_users = !${stoppedAccounts}, static:all`]]]), name),
  ];
}

/** Why accounts cannot be limited here; `undefined` if they can. */
export function whyNoPostfixLimits({ foreign }: Facts): string | undefined {
  if (/^authorized_submit_users\s*=/m.test(withoutOurs(foreign.get(main) ?? "")))
    return `${main} sets authorized_submit_users already, which can have one value only`;
  return undefined;
}
