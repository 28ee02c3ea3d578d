import type { TestEvent } from "node:test/reporters";

/** What one test of a file has come to; one a line, as JSON. */
export interface TestOutcome {
  /** Names of the suites around it and its own. */
  readonly name: readonly string[];
  readonly outcome: "passed" | "failed" | "skipped";
  readonly milliseconds: number;
  readonly error?: string;
}

/** A reporter of node:test for the runner: leaves alone, in the order in which they end. */
export default async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  for await (const event of events) {
    if (event.type === "test:start") {
      names.length = event.data.nesting;
      names[event.data.nesting] = event.data.name;
    }
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { data } = event;
    const isSuite = (data.details.type as string) === "suite";
    // A suite fails with its tests; on its own only where what prepares it does.
    if (isSuite && !(event.type === "test:fail" && hookFailed(event.data.details.error))) continue;
    const outcome: TestOutcome = {
      name: [...names.slice(0, data.nesting), data.name],
      outcome: data.skip || data.todo ? "skipped" : event.type === "test:pass" ? "passed" : "failed",
      milliseconds: Math.round(data.details.duration_ms),
      ...(event.type === "test:fail" && { error: textOf(event.data.details.error) }),
    };
    yield `${JSON.stringify(outcome)}\n`;
  }
}

const hookFailed = (error: Error & { readonly failureType?: string }): boolean => error.failureType === "hookFailed";

function textOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return (cause.stack ?? cause.message).slice(0, 4_000);
}
