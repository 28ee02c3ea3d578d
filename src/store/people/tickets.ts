import type { Sealed } from "../../model/sealed.ts";
import type { Secrets } from "../secrets.ts";

/** What browsers carry for us from one step to the next: nobody can read or make one, and none is good for long. */
export interface Tickets {
  make(purpose: string, value: unknown, ends: number): string;
  /** `undefined`: not ours, for something else, or too old. */
  read(purpose: string, ticket: string, now: number): unknown;
}

export const openTickets = (secrets: Secrets): Tickets => ({
  make(purpose, value, ends) {
    const { ticket } = secrets.seal(`Ticket/${purpose}`, { ticket: { value, ends } }, ["ticket"]) as { ticket: Sealed };
    return Buffer.from(ticket.$sealed).toString("base64url");
  },
  read(purpose, text, now) {
    try {
      const $sealed = Buffer.from(text, "base64url").toString();
      const opened = secrets.open(`Ticket/${purpose}`, { ticket: { $sealed } }) as {
        ticket: { value: unknown; ends: number };
      };
      return opened.ticket.ends > now ? opened.ticket.value : undefined;
    } catch {
      return undefined;
    }
  },
});
