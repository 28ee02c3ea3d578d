import type { Host } from "../host/host.ts";
import type { Asker } from "../host/web.ts";
import type { Rendered } from "../model/kind.ts";
import { type Answer, disappointment, type Probe } from "../model/probe.ts";
import type { ResourceRef } from "../model/resource.ts";

export interface Question {
  readonly ref: ResourceRef;
  readonly probe: Probe;
}

export interface Failure extends Question {
  readonly reason: string;
}

const atOnce = 32;

/** So many failures say enough: everything is taken back, and nobody reads more. */
const enough = 20;

/**
 * Asks every question and returns those that were not answered as expected. For a moment after a reload an old worker
 * may still answer, so a wrong answer is asked for again until `patience` milliseconds have passed, and in any case once.
 */
export async function askAll(
  host: Host,
  questions: readonly Question[],
  patience: number,
  onAnswer: (done: number) => void = () => {},
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const deadline = host.clock.now() + patience;
  const asker = host.openAsker();
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let question = questions[next++]; question && failures.length < enough; question = questions[next++]) {
      const reason = await askOne(host, asker, question.probe, deadline);
      if (reason) failures.push({ ...question, reason });
      onAnswer(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, questions.length) }, work));
  asker.close();
  return failures;
}

async function askOne(host: Host, asker: Asker, probe: Probe, deadline: number): Promise<string | undefined> {
  for (let asked = 1; ; asked++) {
    const reason = disappointment(probe, await asker.ask(probe));
    if (!reason || (asked > 1 && host.clock.now() >= deadline)) return reason;
    await host.clock.pause(10);
  }
}

/** How a server answers for a name that nobody has: the host's own default site. */
export async function defaultAnswer(host: Host, port: number): Promise<Answer> {
  const asker = host.openAsker();
  const answer = await asker.ask({
    says: "the default site",
    scheme: "http",
    port,
    hostName: "nobody.upkeep.invalid",
    path: "/",
    expect: {},
  });
  asker.close();
  return answer;
}

/** Of more resources than this, so many, evenly spread, are asked whether they answer with their new configuration ... */
const askedForMarker = 1000;
/** ... and so many everything. */
const askedEverything = 100;

/**
 * The questions of the resources that have changed; of very many, of some. They come from one renderer, the server
 * reads all of them or none, and that nobody else has their names is known from the check. Apache looks through all its
 * virtual hosts for each question, so that asking ten thousand would take it longer than everything else together.
 */
export function questionsOf(rendered: Iterable<Rendered>, concerns: (ref: ResourceRef) => boolean): Question[] {
  const concerned = [...rendered].filter(({ ref, probes }) => probes.length > 0 && concerns(ref));
  const share = (of: number) => Math.min(1, of / concerned.length);
  const isTurn = (index: number, of: number) => Math.floor((index + 1) * share(of)) > Math.floor(index * share(of));
  return concerned.flatMap(({ ref, probes }, index) => {
    const asked = isTurn(index, askedEverything) ? probes : isTurn(index, askedForMarker) ? probes.slice(0, 1) : [];
    return asked.map((probe) => ({ ref, probe }));
  });
}
