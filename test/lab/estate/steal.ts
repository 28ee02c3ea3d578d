import { readFileSync } from "node:fs";
import { AckPolicy, DeliverPolicy, jetstreamManager } from "@nats-io/jetstream";
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

/** What the server lets pass is answered, or at least not refused. */
async function attempt(what: string, deed: () => Promise<unknown>): Promise<void> {
  const refused = (async () => {
    for await (const status of connection.status()) if (status.type === "error") return true;
    return true;
  })();
  const done = deed().then(
    () => false,
    () => true,
  );
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1_500));
  if (!(await Promise.race([refused, done, late]))) worked.push(what);
}

const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 1_000 });
const consumer = (name: string, subject: string, stream = bucketStream(victim)) =>
  manager.consumers.add(stream, {
    name,
    filter_subject: subject,
    deliver_policy: DeliverPolicy.LastPerSubject,
    ack_policy: AckPolicy.None,
  });
const heard = (subject: string) => async () => {
  const subscription = connection.subscribe(subject, { max: 1 });
  await connection.flush();
  for await (const _ of subscription) return;
  throw new Error("nothing was heard");
};
const publish = (subject: string, body: unknown) => async () => {
  const reply = await connection.request(subject, JSON.stringify(body), { timeout: 1_000 });
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
