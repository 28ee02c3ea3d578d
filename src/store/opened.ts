import type { Dialect } from "./dialect.ts";
import { Estate } from "./estate.ts";
import { Fleet } from "./fleet.ts";
import { openPeople, type People } from "./people/people.ts";
import type { Secrets } from "./secrets.ts";
import type { Db } from "./tables.ts";

/** All that a control plane keeps, in one database. */
export interface Opened {
  readonly estate: Estate;
  readonly fleet: Fleet;
  readonly people: People;
}

export const openAll = (db: Db, dialect: Dialect, secrets: Secrets): Opened => ({
  estate: new Estate(db, dialect, secrets),
  fleet: new Fleet(db, dialect, secrets),
  people: openPeople(db, dialect, secrets),
});
