import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import { UserError } from "../../model/problem.ts";
import { Overtaken } from "../../store/writing.ts";
import { Forbidden } from "../tenancy.ts";

/** What went wrong, for programs and people (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe("What kind of problem it is: `urn:upkeep:problem:overtaken`."),
    title: z.string().describe("The same in words, always the same ones."),
    status: z.int(),
    detail: z.string().describe("What is wrong this time, and what to do."),
    errors: z
      .array(
        z.object({
          detail: z.string(),
          ref: z.string().optional().describe("Of which record it is said."),
          pointer: z.string().optional().describe("Where it stands (RFC 6901): there, or in the request."),
        }),
      )
      .optional(),
  })
  .meta({ id: "Problem" });

type Problem = z.output<typeof problemSchema>;

const titles = {
  400: ["malformed", "This is not what was asked for"],
  401: ["sign-in", "Sign in first"],
  403: ["forbidden", "This is not yours to do"],
  404: ["not-found", "There is no such thing"],
  409: ["conflict", "This does not go with what is there"],
  412: ["overtaken", "Somebody else has changed it meanwhile"],
  413: ["too-large", "This is too much at once"],
  415: ["media-type", "This is not JSON"],
  422: ["invalid", "This cannot be so"],
  428: ["precondition", "Say which revision you have seen"],
  429: ["too-many", "Too many requests"],
  500: ["internal", "Upkeep failed"],
  503: ["unavailable", "This cannot be done at the moment"],
} as const satisfies Record<number, readonly [string, string]>;

export type ProblemStatus = keyof typeof titles;

/** Ends a request with a problem. */
export class HttpProblem extends Error {
  readonly status: ProblemStatus;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: Problem["errors"];
  constructor(
    status: ProblemStatus,
    detail: string,
    { headers = {}, errors }: { headers?: Readonly<Record<string, string>>; errors?: Problem["errors"] } = {},
  ) {
    super(detail);
    this.status = status;
    this.headers = headers;
    this.errors = errors;
  }
}

export const notFound = (what: string): HttpProblem => new HttpProblem(404, `there is no ${what}, or it is not yours`);

export const answerProblem = (context: Context, { status, message, headers, errors }: HttpProblem): Response => {
  const [name, title] = titles[status];
  const body: Problem = {
    type: `urn:upkeep:problem:${name}`,
    title,
    status,
    detail: message,
    ...(errors && { errors }),
  };
  return context.body(JSON.stringify(body), status, { "content-type": "application/problem+json", ...headers });
};

/** Whatever was thrown, as a problem. What nobody expected is told to `log` alone. */
export function problemOf(error: unknown, log: (text: string) => void): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof z.ZodError) return malformed(error);
  if (error instanceof UserError) {
    const status = error instanceof Forbidden ? 403 : error instanceof Overtaken ? 412 : 422;
    const errors = error.problems.map(({ message, about }) => ({
      detail: message,
      ...(about && { ref: about.ref }),
      ...(about && about.path.length > 0 && { pointer: pointerTo(about.path) }),
    }));
    return new HttpProblem(status, errors.map(({ detail }) => detail).join("\n"), { errors });
  }
  if (error instanceof HTTPException) {
    const status = error.status in titles ? (error.status as ProblemStatus) : 400;
    return new HttpProblem(status, error.message || titles[status][1]);
  }
  log((error as Error).stack ?? String(error));
  return new HttpProblem(500, "an error that nobody expected; the control plane's log has it");
}

/** What a request has that its schema does not allow. */
export const malformed = ({ issues }: z.ZodError): HttpProblem => {
  const errors = issues.map(({ path, message }) => ({ detail: message, pointer: pointerTo(path) }));
  return new HttpProblem(400, errors.map(({ detail, pointer }) => `${pointer}: ${detail}`).join("\n"), { errors });
};

/** See RFC 6901. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
