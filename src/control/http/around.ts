import type { Estate } from "../../store/estate.ts";
import type { Fleet } from "../../store/fleet.ts";
import type { People } from "../../store/people/people.ts";
import type { Control } from "../control.ts";
import type { Senders } from "../people/noticing.ts";
import type { Passwords } from "../people/password.ts";
import type { Provider } from "../people/vouching.ts";

/** What the routes work with. */
export interface Around {
  readonly control: Control;
  readonly estate: Estate;
  readonly fleet: Fleet;
  readonly people: People;
  readonly passwords: Passwords;
  readonly now: () => number;
  readonly log: (text: string) => void;
  /** As browsers reach it: `https://panel.example.com`. */
  readonly origin: string;
  /** Sends mail, where this is set up. */
  readonly mail?: Senders["mail"];
  /** Other ways of signing in, by their names. */
  readonly providers: readonly Provider[];
}
