import { z } from "zod";
import { keyWordsNeed, revocationNeed, whyNoKeys } from "../../daemons/openssh.ts";
import { systemFile } from "../../daemons/system-items.ts";
import { watchNeed } from "../../daemons/watches.ts";
import type { Facts } from "../../model/facts.ts";
import { fingerprint, keyWatchDirectory } from "../../model/key.ts";
import { kind, type Rendering } from "../../model/kind.ts";
import type { Resource } from "../../model/resource.ts";
import { plainName } from "../values.ts";

export const keyWatchSpec = z.strictObject({
  forbidden: z
    .enum(["tell", "revoke"])
    .default("tell")
    .describe(
      "What to do when a right key comes from an address that its `from=` forbids, so that somebody else has it: tell, or also revoke it, here and on every host whose KeyWatch says so.",
    ),
  owners: z
    .record(
      fingerprint,
      z
        .string()
        .min(1)
        .max(200)
        .regex(/^[^\p{Cc}]*$/u, "must be one line"),
    )
    .default({})
    .describe("Whose keys they are, by fingerprint. By default what stands beside a key says it."),
});

export type KeyWatchSpec = z.output<typeof keyWatchSpec>;

/** Which key it was: each that is offered to sshd, also those that are refused. */
export const keyWatchKind = kind<KeyWatchSpec>({
  name: "KeyWatch",
  summary: "Notes which SSH keys are offered to this host, by whom, and what came of it; knows a stolen one.",
  scope: "operator",
  spec: keyWatchSpec,
  normaliseName: plainName("ssh"),
  check: () => [],
  claims: () => [],
  render,
});

function render({ name, spec }: Resource<KeyWatchSpec>, facts: Facts): Rendering {
  const refused = whyNoKeys(facts);
  if (refused !== undefined) return { items: [], needs: [], probes: [], refused };
  const sources =
    facts.init === "systemd"
      ? { journal: ["SYSLOG_IDENTIFIER=sshd", "+", "SYSLOG_IDENTIFIER=sshd-session"], logs: [] }
      : { journal: [], logs: ["/var/log/auth.log"] };
  return {
    items: [
      systemFile(
        `${keyWatchDirectory}/${name}.json`,
        `${JSON.stringify({ name, ...sources, ...spec }, undefined, 2)}\n`,
      ),
    ],
    needs: [watchNeed, keyWordsNeed, revocationNeed],
    probes: [],
  };
}
