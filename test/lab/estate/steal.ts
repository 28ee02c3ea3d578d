import { readFileSync } from "node:fs";
import { AckPolicy, DeliverPolicy, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import { loadAll } from "js-yaml";
import { connectNats } from "../../../src/bus/connect.ts";
import { bucketStream, bucketSubject, inboxOf } from "../../../src/bus/subjects.ts";

/*
 * Run on a host, with its own credentials: tries everything that they must not be good for, against the host that is
 * named, and prints what worked.
 */

const victim = process.argv[2]!;
const { host, bus } = loadAll(readFileSync("/etc/upkeep/agent.yaml", "utf8"))[0] as {
  host: string;
  bus: { servers: string[]; seedFile: string; authority: string; serverName: string };
};
const seed = readFileSync(bus.seedFile, "utf8").trim();
const connection = (await connectNats("thief", { ...bus, seed }, inboxOf(host)))!;
const worked: string[] = [];
/** Milliseconds. What is refused is so at once; what works may take its time on a busy machine. */
const patience = 15_000;

/** What the server lets pass is answered, or at least not refused. */
async function attempt(what: string, deed: () => Promise<unknown>): Promise<void> {
  const refused = (async () => {
    for await (const status of connection.status()) if (status.type === "error") return true;
    return true;
  })();
  // Who is told that there is a consumer of that name already has been let in: NATS 2.10 says so, 2.9 changes it.
  const done = deed().then(
    () => false,
    (error) => !(error instanceof JetStreamApiError),
  );
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20_000));
  if (!(await Promise.race([refused, done, late]))) worked.push(what);
}

const manager = await jetstreamManager(connection, { checkAPI: false, timeout: patience });
const consumer = (name: string, subject: string, stream = bucketStream(victim)) =>
  manager.consumers.add(stream, {
    name,
    filter_subject: subject,
    deliver_policy: DeliverPolicy.LastPerSubject,
    ack_policy: AckPolicy.None,
  });
/** A subscription is refused before what was sent after it is answered. The second time the refusal has been read, too. */
const heard = (subject: string) => async () => {
  const subscription = connection.subscribe(subject, { max: 1 });
  for (const _ of [1, 2]) await connection.flush();
  subscription.unsubscribe();
};
const publish = (subject: string, body: unknown) => async () => {
  const reply = await connection.request(subject, JSON.stringify(body), { timeout: patience });
  return reply.data;
};

await attempt("read the victim's entries", () => consumer(host, bucketSubject(victim)));
await attempt("read everybody's entries", () => consumer(host, bucketSubject(victim, ">")));
await attempt("read everybody's entries of its own bucket", () =>
  consumer(host, bucketSubject(host, ">"), bucketStream(host)),
);
await attempt("read with the victim's consumer", () => consumer(victim, bucketSubject(host), bucketStream(host)));
await attempt(
  "get one entry",
  publish(`$JS.API.DIRECT.GET.${bucketStream(victim)}`, { last_by_subj: bucketSubject(victim, `${victim}.Site.a`) }),
);
await attempt("get a message", publish(`$JS.API.STREAM.MSG.GET.${bucketStream(victim)}`, { seq: 1 }));
await attempt("list what there is", publish(`$JS.API.STREAM.INFO.${bucketStream(victim)}`, { subjects_filter: ">" }));
await attempt("delete the bucket", publish(`$JS.API.STREAM.DELETE.${bucketStream(victim)}`, {}));
await attempt("write the victim's desired state", publish(bucketSubject(victim, `${victim}.Site.evil`), {}));
await attempt("write its own desired state", publish(bucketSubject(host, `${host}.Site.evil`), {}));
await attempt("report for the victim", publish(`report.${victim}`, { number: 1, conditions: [] }));
await attempt("ask the victim", publish(`ask.${victim}`, { question: "plan", asks: {} }));
await attempt("hear everything", heard(">"));
await attempt("hear changes of entries", heard("$KV.>"));
await attempt("hear the victim's entries", heard(bucketSubject(victim)));
await attempt("hear the victim's events", heard(`live.${victim}`));
await attempt("hear what others are answered", heard("_INBOX.>"));
process.stdout.write(`${JSON.stringify(worked)}\n`);
await connection.close();
