import type { Attempt, Outcome } from "../../model/key.ts";

/*
 * What sshd(8) says of keys with `LogLevel VERBOSE` (auth.c, auth2-pubkey.c, auth2-pubkeyfile.c): why a key was refused
 * comes before that it was, from the same process.
 */

/** What one process has said of the key that it looks at. */
interface Looking {
  outcome?: Outcome;
  reason?: string;
  found?: string;
  /** It would let them in, and waits for the signature. */
  offered?: Attempt;
}

/** So many connections at once are remembered; the oldest goes. */
const most = 5_000;

const key = "(?<type>[A-Z0-9-]+) (?<fingerprint>SHA256:[A-Za-z0-9+/]{43})";
const tried = `for (?<user>\\S+) from (?<address>\\S+) port \\d+ ssh2`;
const certificate = "(?: ID (?<id>.*) \\(serial (?<serial>\\d+)\\) CA \\S+ (?<authority>SHA256:[A-Za-z0-9+/]{43}))?";

const expressions = {
  line: /(?:^|\s)sshd(?:-session)?\[(?<pid>\d+)\]: (?<says>.*)$/s,
  ended: new RegExp(`^(?<verb>Accepted|Failed) publickey ${tried}: ${key}${certificate}$`, "s"),
  postponed: new RegExp(`^Postponed publickey ${tried}(?: \\[preauth\\])?$`),
  good: new RegExp(`^Accepted key ${key} found at (?<found>/.*:\\d+)$`),
  goodCertificate: /^Accepted certificate ID .* found at (?<found>\/.*:\d+)$/s,
  forbidden:
    /^(?:(?<found>\/[^ ]*:\d+): )?Authentication tried for \S+ with (?:correct key|valid certificate) but not from a permitted (?:host|source address)/,
  revoked: /^(?:error: )?Authentication (?:CA )?key \S+ SHA256:\S+ revoked by file /,
  invalid: /^(?:error: )?Certificate invalid: (?<why>.*)$/s,
  refused: /^(?:error: )?Refused by (?:key|certificate) options$/,
  over: /^(?:Connection (?:closed|reset) by|Disconnected from|Received disconnect from|Disconnecting|pam_unix\(sshd:session\))/,
} as const;

/** Reads sshd's words, a line at a time; returns what came of keys. `at`: milliseconds since 1970. */
export function openSshdReader(): { read(line: string, at: number): Attempt[] } {
  const all = new Map<string, Looking>();

  function lookingOf(pid: string): Looking {
    const known = all.get(pid);
    if (known) return known;
    const looking: Looking = {};
    all.set(pid, looking);
    if (all.size > most) all.delete(all.keys().next().value!);
    return looking;
  }

  return {
    read(line, at) {
      const { pid, says } = expressions.line.exec(line)?.groups ?? {};
      if (pid === undefined || says === undefined) return [];
      const text = says.replace(/ \[preauth\]$/, "");
      const ended = expressions.ended.exec(text)?.groups;
      if (ended) {
        const looking = lookingOf(pid);
        const { offered } = looking;
        all.delete(pid);
        const attempt = attemptOf(ended, looking, at);
        // Another key than the one that would have let them in.
        return offered && offered.fingerprint !== attempt.fingerprint ? [offered, attempt] : [attempt];
      }
      if (expressions.over.test(text)) {
        const { offered } = all.get(pid) ?? {};
        all.delete(pid);
        return offered ? [offered] : [];
      }
      note(lookingOf(pid), text, at);
      return [];
    },
  };
}

function note(looking: Looking, text: string, at: number): void {
  const good = expressions.good.exec(text)?.groups ?? expressions.goodCertificate.exec(text)?.groups;
  if (good) {
    looking.found = good.found!;
    if (good.fingerprint !== undefined) {
      const { type = "", fingerprint } = good;
      const known = { at, user: "", address: "", type, fingerprint, outcome: "offered" as const, found: good.found! };
      looking.offered = looking.offered?.fingerprint === fingerprint ? looking.offered : known;
    }
    return;
  }
  const postponed = expressions.postponed.exec(text)?.groups;
  if (postponed) {
    const { user = "", address = "" } = postponed;
    if (looking.offered) looking.offered = { ...looking.offered, user, address };
    return;
  }
  const forbidden = expressions.forbidden.exec(text);
  const invalid = expressions.invalid.exec(text)?.groups?.why;
  if (forbidden) say(looking, "forbidden", text, forbidden.groups?.found);
  else if (expressions.revoked.test(text)) say(looking, "revoked", text);
  else if (invalid !== undefined) say(looking, /expired|not yet valid/.test(invalid) ? "expired" : "refused", text);
  else if (expressions.refused.test(text) && looking.outcome === undefined) say(looking, "refused", text);
}

function say(looking: Looking, outcome: Outcome, reason: string, found?: string): void {
  looking.outcome = outcome;
  looking.reason = reason.replace(/^error: /, "").slice(0, 500);
  if (found !== undefined) looking.found = found;
}

function attemptOf(
  { verb, user = "", address = "", type = "", fingerprint = "", id, serial, authority }: Record<string, string>,
  { outcome = "unknown", reason, found }: Looking,
  at: number,
): Attempt {
  const isIn = verb === "Accepted";
  return {
    at,
    user,
    address,
    type,
    fingerprint,
    outcome: isIn ? "accepted" : outcome,
    ...(!isIn && reason !== undefined && { reason }),
    ...(found !== undefined && (isIn || outcome !== "unknown") && { found }),
    ...(authority !== undefined && { certificate: { id: (id ?? "").slice(0, 300), serial: serial ?? "", authority } }),
  };
}
