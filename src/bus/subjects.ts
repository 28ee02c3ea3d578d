/*
 * Names on NATS. A host may say and hear what has its own name in it, and nothing else: see `permissionsOf`.
 */

/** The key-value bucket of desired state, and the stream that holds it. */
export const bucket = "desired";
export const bucketStream = `KV_${bucket}`;
export const bucketSubject = (key: string): string => `$KV.${bucket}.${key}`;

/** The stream of reports, and the consumer that control planes share. */
export const reportStream = "reports";
export const reportConsumer = "control";
export const reportSubject = (host: string): string => `report.${host}`;

export const eventSubject = (host: string): string => `event.${host}`;
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
  const consumer = (verb: string) => `$JS.API.CONSUMER.${verb}.${bucketStream}.${host}`;
  return {
    publish: [
      `${consumer("CREATE")}.${bucketSubject(`${host}.>`)}`,
      consumer("DELETE"),
      consumer("INFO"),
      consumer("MSG.NEXT"),
      reportSubject(host),
      eventSubject(host),
    ],
    subscribe: [`${inboxOf(host)}.>`, askSubject(host), bucketSubject(`${host}.>`)],
  };
}
