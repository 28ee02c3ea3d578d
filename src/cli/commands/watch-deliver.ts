import { text } from "node:stream/consumers";
import { z } from "zod";
import { deliverMail, deliverWebhook } from "../../host/deliver.ts";
import { mailSchema, noticeSchema, webhookSchema } from "../../model/notification.ts";
import type { Run } from "../command.ts";

const delivery = z.discriminatedUnion("channel", [
  z.object({ channel: z.literal("mail"), config: mailSchema, notice: noticeSchema }),
  z.object({ channel: z.literal("webhook"), config: webhookSchema, notice: noticeSchema }),
]);

/** The part that speaks with servers elsewhere: says what it is told to, and ends. */
export const run: Run = async () => {
  const told = delivery.parse(JSON.parse(await text(process.stdin)));
  try {
    if (told.channel === "mail") await deliverMail(told.config, told.notice);
    else await deliverWebhook(told.config, told.notice);
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
};
