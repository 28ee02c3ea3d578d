import type { z } from "zod";
import { jailConfigSchema } from "../model/jail.ts";
import { keyWatchConfigSchema, revokedKeySchema } from "../model/key.ts";
import { mailLimitConfigSchema } from "../model/mail-limit.ts";
import { notificationConfigSchema } from "../model/notification.ts";
import { poolConfigSchema } from "../model/pool.ts";
import { parseRef } from "../model/resource.ts";
import { watchedRef } from "../model/watched.ts";

const schemas: Readonly<Record<string, z.ZodType>> = {
  Jail: jailConfigSchema,
  KeyWatch: keyWatchConfigSchema,
  RevokedKey: revokedKeySchema,
  DnsPool: poolConfigSchema,
  Notification: notificationConfigSchema,
  MailLimit: mailLimitConfigSchema,
};

/** Files of watched records that are none, and why: of another version, or edited by hand. */
export function unfit(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const [file, text] of files) {
    const ref = watchedRef(file);
    const schema = ref && schemas[parseRef(ref).kind];
    if (!schema) continue;
    try {
      schema.parse(JSON.parse(text));
    } catch (error) {
      problems.set(file, (error as Error).message.split("\n").slice(0, 5).join(" ").slice(0, 500));
    }
  }
  return problems;
}
