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

/**
 * Asks every question and returns those that were not answered as expected. For a moment after a reload an old worker
 * may still answer, so a wrong answer is asked for again until `patience` milliseconds have passed.
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
    for (let question = questions[next++]; question; question = questions[next++]) {
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
  for (;;) {
    const reason = disappointment(probe, await asker.ask(probe));
    if (!reason || host.clock.now() >= deadline) return reason;
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

/** From so many resources on, the later questions are put to some of them only. */
const manyResources = 200;

/**
 * The questions of all resources that have changed. Every one is asked whether it answers with its new configuration;
 * of very many, every so manieth is asked everything else, too, since they come from one renderer.
 */
export function questionsOf(rendered: Iterable<Rendered>, concerns: (ref: ResourceRef) => boolean): Question[] {
  const concerned = [...rendered].filter(({ ref, probes }) => probes.length > 0 && concerns(ref));
  const stride = Math.ceil(concerned.length / manyResources);
  return concerned.flatMap(({ ref, probes }, index) =>
    (index % stride === 0 ? probes : probes.slice(0, 1)).map((probe) => ({ ref, probe })),
  );
}
