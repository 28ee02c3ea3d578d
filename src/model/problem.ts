/** A place in what the user wrote. Line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The whole line, for the caret under it. */
  readonly text: string;
}

/** Something wrong with the input, said for the person who has to mend it. */
export interface Problem {
  readonly message: string;
  readonly place?: Place;
  /** What of a statement is meant, for whoever knows where that stands. */
  readonly about?: About;
}

export interface About {
  readonly ref: string;
  readonly path: readonly (string | number)[];
  /** What it claims and someone else has. */
  readonly claim?: string;
}

/** Stops a command: exit code 1, nothing changed. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[] | string) {
    const list = typeof problems === "string" ? [{ message: problems }] : problems;
    super(list.map(formatProblem).join("\n"));
    this.problems = list;
  }
}

/**
 * ```
 * estate/shop.yaml:7:12: Site/shop.example.com: spec.root must be a path inside the site.
 *   7 |   root: ../../etc
 *     |         ^
 * ```
 */
export function formatProblem({ message, place }: Problem): string {
  if (!place) return message;
  const number = String(place.line);
  const gutter = " ".repeat(number.length);
  return [
    `${place.file}:${number}:${place.column}: ${message}`,
    `  ${number} | ${place.text}`,
    `  ${gutter} | ${" ".repeat(place.column - 1)}^`,
  ].join("\n");
}
