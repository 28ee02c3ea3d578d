import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Desired } from "../model/desired.ts";
import type { ResourceRef } from "../model/resource.ts";
import { transaction } from "./database.ts";
import type { Records, Stored } from "./records.ts";

/*
 * A host's own copy of what it should be. It is what the host goes by, with the control plane or without.
 */

const schema = `
CREATE TABLE IF NOT EXISTS desired (
  ref TEXT PRIMARY KEY, sequence INTEGER NOT NULL, entry TEXT NOT NULL, gone INTEGER NOT NULL,
  done INTEGER NOT NULL, context TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS desired_undone ON desired (ref) WHERE done < sequence;
`;

export interface DesiredCopy extends Records {
  /** Keeps what is news, on the disk when it returns, whatever order it comes in. Returns whose entries are new. */
  take(entries: readonly Desired[]): ResourceRef[];
  entry(ref: ResourceRef): Desired | undefined;
  /** What has not been carried out, well or not, as it stands now; with `context`, nor in this one. */
  due(context?: string): ResourceRef[];
  /** These have been carried out, well or not; they are not tried again until they, or the context, change. */
  done(entries: readonly Pick<Desired, "ref" | "sequence">[], context: string): void;
  /** The sequence up to which each entry has been carried out. */
  progress(): {
    readonly ref: ResourceRef;
    readonly sequence: number;
    readonly revision: number;
    readonly gone: boolean;
  }[];
  /** The highest sequence of all. */
  highest(): number;
}

/** `open`: reads secrets in a spec that are for this host; on the disk they stay sealed. */
export function openDesiredCopy(
  database: DatabaseSync,
  open: (spec: unknown) => unknown = (spec) => spec,
): DesiredCopy {
  database.exec(schema);
  const known = database.prepare("SELECT sequence FROM desired WHERE ref = ?");
  const put = database.prepare(
    `INSERT INTO desired (ref, sequence, entry, gone, done, context) VALUES (?, ?, ?, ?, 0, '')
     ON CONFLICT (ref) DO UPDATE SET sequence = excluded.sequence, entry = excluded.entry, gone = excluded.gone`,
  );
  const one = database.prepare("SELECT entry FROM desired WHERE ref = ?");
  const present = database.prepare("SELECT entry FROM desired WHERE gone = 0 ORDER BY ref");
  const undone = database.prepare("SELECT ref FROM desired WHERE done < sequence ORDER BY ref");
  const stale = database.prepare(
    "SELECT ref FROM desired WHERE done < sequence OR (context <> ? AND gone = 0) ORDER BY ref",
  );
  const finish = database.prepare("UPDATE desired SET done = ?, context = ? WHERE ref = ? AND done <= ?");
  const toEntry = (text: SQLOutputValue | undefined): Desired | undefined => {
    if (text === undefined) return undefined;
    const desired = JSON.parse(String(text)) as Desired;
    const { resource } = desired;
    return resource ? { ...desired, resource: { ...resource, spec: open(resource.spec) } } : desired;
  };
  const entry = (ref: ResourceRef): Desired | undefined => toEntry(one.get(ref)?.entry);
  const all = () => present.all().map((row) => toEntry(row.entry)!);
  return {
    take(entries) {
      const news = new Set<ResourceRef>();
      transaction(database, () => {
        for (const each of entries) {
          const former = known.get(each.ref);
          if (former && Number(former.sequence) >= each.sequence) continue;
          put.run(each.ref, each.sequence, JSON.stringify(each), each.resource ? 0 : 1);
          news.add(each.ref);
        }
      });
      return [...news];
    },
    entry,
    due: (context) => (context === undefined ? undone.all() : stale.all(context)).map(({ ref }) => ref as ResourceRef),
    done(entries, context) {
      transaction(database, () => {
        for (const { ref, sequence } of entries) finish.run(sequence, context, ref, sequence);
      });
    },
    progress: () =>
      database
        .prepare("SELECT ref, done, gone, entry ->> 'revision' AS revision FROM desired WHERE done > 0")
        .all()
        .map((row) => ({
          ref: row.ref as ResourceRef,
          sequence: Number(row.done),
          revision: Number(row.revision),
          gone: row.gone === 1,
        })),
    highest: () => Number(database.prepare("SELECT max(sequence) AS last FROM desired").get()?.last ?? 0),
    get: async (ref) => toStored(entry(ref)),
    async find(refs) {
      const found = refs.flatMap((ref) => toStored(entry(ref)) ?? []);
      return new Map(found.map((record) => [record.ref, record]));
    },
    list: async (kind) =>
      all().flatMap((each) => (!kind || each.resource?.kind === kind ? (toStored(each) ?? []) : [])),
    revisions: async () => all().map(({ ref, revision }) => ({ ref, revision })),
  };
}

const toStored = (entry: Desired | undefined): Stored | undefined =>
  entry?.resource ? { ...entry.resource, ref: entry.ref, revision: entry.revision, source: "" } : undefined;
