import { hash } from "node:crypto";

/*
 * Names on NATS. A host may say and hear what has its own name in it, and nothing else: see `permissionsOf`.
 */

/**
 * Desired state is in key-value buckets which hosts share, up to a few dozen each: what it costs a server to make a reader,
 * or to hand a new entry to those that wait, grows with what is in the bucket.
 */
const buckets = 32;
export const bucketOf = (host: string): string =>
  `desired-${String(Number.parseInt(hash("sha256", host).slice(0, 4), 16) % buckets).padStart(2, "0")}`;

/** The stream that holds a host's bucket; what all of these are called. */
export const bucketStream = (host: string): string => `KV_${bucketOf(host)}`;
export const isBucketStream = (stream: string): boolean => /^KV_desired-\d\d$/.test(stream);

/** The subject of a key; without one, of all that is for this host. */
export const bucketSubject = (host: string, key = `${host}.>`): string => `$KV.${bucketOf(host)}.${key}`;

/** The key in a subject. */
export const keyIn = (subject: string): string => subject.split(".").slice(2).join(".");

/** The stream of reports, and the consumer that control planes share. */
export const reportStream = "reports";
export const reportConsumer = "control";
export const reportSubject = (host: string): string => `report.${host}`;
/** What control planes put there to see whether it takes anything; no host is called so. */
export const probeSubject = "report.-";

export const liveSubject = (host: string): string => `live.${host}`;
/** What hosts tell each other. */
export const sharedSubject = (host: string): string => `shared.${host}`;
export const askSubject = (host: string): string => `ask.${host}`;
export const inboxOf = (host: string): string => `_INBOX.${host}`;

/** The host in the second part of a subject. */
export const hostIn = (subject: string): string => subject.split(".")[1]!;

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** All that the credentials of one host are good for. */
export function permissionsOf(host: string): Permissions {
  const consumer = (verb: string) => `$JS.API.CONSUMER.${verb}.${bucketStream(host)}.${host}`;
  return {
    publish: [
      `${consumer("CREATE")}.${bucketSubject(host)}`,
      consumer("DELETE"),
      consumer("INFO"),
      consumer("MSG.NEXT"),
      reportSubject(host),
      liveSubject(host),
      sharedSubject(host),
    ],
    subscribe: [`${inboxOf(host)}.>`, askSubject(host), bucketSubject(host), sharedSubject("*")],
  };
}
