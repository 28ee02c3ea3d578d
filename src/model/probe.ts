/** A question asked of the live system, over loopback, after a reload. */
export interface Probe {
  /** For people: `shop.example.com answers with the new configuration`. */
  readonly says: string;
  readonly scheme: "http" | "https";
  readonly port: number;
  /** Sent as `Host` and as TLS server name. */
  readonly hostName: string;
  readonly path: string;
  readonly expect: Expectation;
}

export interface Expectation {
  /** Accepts exactly this status; without it, whatever `notStatus` does not name. */
  readonly status?: number;
  readonly notStatus?: readonly number[];
  /** Any maintenance answers; of several, one does. */
  readonly maintenance?: true;
  /** Header names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back, or why nothing did. */
export type Answer =
  | { readonly got: "response"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly got: "nothing"; readonly why: string };

/** Every answer of a site in maintenance says in this field whose it is. */
export const maintenanceField = "upkeep-maintenance";

/** `undefined` when the answer is as expected, else what is wrong with it. */
export function disappointment(probe: Probe, answer: Answer): string | undefined {
  if (answer.got === "nothing") return `no answer: ${answer.why}`;
  const { status, notStatus, maintenance, headers } = probe.expect;
  // A site in maintenance answers as it should: whoever asks for more has to wait like everyone else.
  if (answer.headers[maintenanceField] !== undefined) return undefined;
  if (maintenance) return `answered ${answer.status}, without the page`;
  if (status !== undefined && answer.status !== status) return `answered ${answer.status}, expected ${status}`;
  if (notStatus?.includes(answer.status)) return `answered ${answer.status}`;
  for (const [name, value] of Object.entries(headers ?? {})) {
    const found = answer.headers[name];
    if (found !== value) return `${name} is ${found === undefined ? "missing" : `"${found}"`}, expected "${value}"`;
  }
  return undefined;
}
