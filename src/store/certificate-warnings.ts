import type { DatabaseSync } from "node:sqlite";
import type { Validity } from "../model/certificate.ts";
import type { ResourceRef } from "../model/resource.ts";
import { transaction } from "./database.ts";
import { type GuardEvent, openGuardHistory } from "./guard-history.ts";

/** A certificate that comes near its end: how near, see `nearness`. */
export interface CertificateWarning extends Pick<Validity, "ends"> {
  readonly ref: ResourceRef;
  readonly path: string;
  readonly near: number;
  readonly event: GuardEvent;
}

const schema = `CREATE TABLE IF NOT EXISTS certificate_warnings (ref TEXT NOT NULL, path TEXT NOT NULL, ends INTEGER NOT NULL,
  near INTEGER NOT NULL, PRIMARY KEY (ref, path)) STRICT, WITHOUT ROWID;`;

/** Of which certificates of this host it has been said how near their end they are; by whichever process sees it first. */
export function openCertificateWarnings(database: DatabaseSync) {
  database.exec(schema);
  const history = openGuardHistory(database);
  const put = database.prepare(
    "INSERT INTO certificate_warnings VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET ends = excluded.ends, near = excluded.near WHERE ends <> excluded.ends OR near < excluded.near",
  );
  return {
    /** Says each once as long as it comes no nearer. Returns what was said. */
    warn: (warnings: readonly CertificateWarning[]): readonly GuardEvent[] =>
      transaction(database, () => {
        const news = warnings.filter(({ ref, path, ends, near }) => Number(put.run(ref, path, ends, near).changes) > 0);
        const events = news.map(({ event }) => event);
        history.remember(events);
        return events;
      }),
  };
}
