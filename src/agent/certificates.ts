import type { Ledger } from "../engine/ledger.ts";
import { certificateIn } from "../host/certificates.ts";
import { rhythm } from "../host/pace.ts";
import { endOfCertificate, nearness } from "../model/certificate.ts";
import { parseRef, type ResourceRef } from "../model/resource.ts";
import type { CertificateWarning } from "../store/certificate-warnings.ts";
import { openGuardDatabase } from "../store/guard-database.ts";
import { guardDoor } from "./sharing.ts";
import type { Upkeep } from "./upkeep.ts";

/** Milliseconds after which all of them are looked at again. */
export const certificatesEvery: number = rhythm(3_600_000);

/**
 * Writes down which certificates of what is live here end soon, of these resources or all; of each once, and again when
 * it comes very near and when it has ended. Returns whether there is something to tell. What cannot be written down,
 * because a disk is full, is nobody's trouble but the log's, and is tried again.
 */
export function warnOfCertificates(
  /** Nothing: nothing has been applied here yet. */
  open: () => Pick<Ledger, "certificates"> | undefined,
  now: number,
  log: (text: string) => void,
  refs?: readonly ResourceRef[],
): boolean {
  try {
    const ledger = open();
    const warned = ledger ? warn(ledger, now, refs) : [];
    for (const says of warned) log(says);
    return warned.length > 0;
  } catch (error) {
    log(`which certificates end soon is not known: ${(error as Error).message}`);
    return false;
  }
}

function warn(ledger: Pick<Ledger, "certificates">, now: number, refs?: readonly ResourceRef[]): readonly string[] {
  const near = ledger.certificates(refs).flatMap(({ ref, path }): CertificateWarning[] => {
    const validity = certificateIn(path);
    const how = validity && nearness(validity, now);
    if (!how) return [];
    const says = `${parseRef(ref).name}: its certificate ${path} ${endOfCertificate(validity, now)}`;
    return [{ ref, path, ends: validity.ends, near: how, event: { is: "certificate", ref, says, at: now } }];
  });
  if (near.length === 0) return [];
  const { certificates, close } = openGuardDatabase();
  try {
    return certificates.warn(near).map(({ says }) => says);
  } finally {
    close();
  }
}

/** Has the agent warn of this host's certificates: all of them from time to time, and those of what has changed at once. */
export function watchCertificates(
  { ledger, host }: Pick<Upkeep, "ledger" | "host">,
  log: (text: string) => void,
  happened: () => void,
) {
  const { clock, files } = host;
  let next = 0;
  function lookAt(refs?: readonly ResourceRef[]): void {
    if (!warnOfCertificates(() => ledger, clock.now(), log, refs)) return;
    happened();
    // Whoever tells people on this host has not seen it.
    if (files.stat(guardDoor))
      void import("./guard-door.ts").then(({ askGuard }) => askGuard(host, { is: "noted" })).catch(() => {});
  }
  return {
    /** From time to time. */
    look() {
      if (clock.now() < next) return;
      next = clock.now() + certificatesEvery;
      lookAt();
    },
    changed: (refs: readonly ResourceRef[]) => lookAt(refs),
  };
}
