import { statfsSync } from "node:fs";
import { daemons } from "../daemons/index.ts";
import { openRehearsal } from "../host/namespace.ts";
import { portHolder } from "../host/ports.ts";
import { withThousands } from "../model/number.ts";
import { releaseName, releaseNamed, testedReleases } from "../model/release.ts";
import type { Upkeep } from "./upkeep.ts";

/** One thing looked at. */
export interface Finding {
  readonly verdict: "well" | "remark" | "bad";
  readonly what: string;
  readonly says: string;
}

/** Looks whether this machine is fit, without changing anything. */
export async function diagnose({ host, ledger, look, stateDirectory }: Upkeep): Promise<Finding[]> {
  const facts = look();
  const findings: Finding[] = [];
  const say = (verdict: Finding["verdict"], what: string, says: string) => findings.push({ verdict, what, says });
  const isRoot = process.getuid?.() === 0;

  const release = releaseName(facts.os);
  if (releaseNamed(release)?.isTested) say("well", "system", release);
  else say("remark", "system", `${release}: Upkeep was never tested on it, only on ${testedReleases.join(" and ")}`);
  say(
    "well",
    "init",
    facts.init === "systemd"
      ? "systemd"
      : "no systemd: daemons are started by their own commands, and by nobody at boot",
  );
  say(isRoot ? "well" : "remark", "root", isRoot ? "yes" : "no: plan and explain work, apply does not");

  const rehearsal = isRoot ? await openRehearsal(host, ["/etc"]) : undefined;
  await rehearsal?.close();
  if (rehearsal) say("well", "private check", "works: tomorrow's /etc is checked before it is anyone's");
  else
    say(
      "remark",
      "private check",
      isRoot
        ? "the kernel allows no overlay in a mount namespace; files are checked in place"
        : "not tried without root",
    );

  for (const port of [facts.settings.sites.httpPort, facts.settings.sites.httpsPort]) {
    const holder = portHolder(port);
    const ours = holder === undefined || ["apache2", "nginx"].includes(holder);
    say(
      ours ? "well" : "bad",
      `port ${port}`,
      holder === undefined ? "free" : ours ? `${holder} listens` : `${holder} listens, so no web server can`,
    );
  }
  for (const { name } of daemons) {
    if (facts.packages.has(name))
      say("well", name, `${facts.packages.get(name)}, ${facts.running.has(name) ? "runs" : "does not run"}`);
  }
  for (const directory of new Set(["/etc", host.files.stat(stateDirectory) ? stateDirectory : "/var/lib"])) {
    const { bavail, bsize, files, ffree } = statfsSync(directory);
    const megabytes = Math.floor((bavail * bsize) / 2 ** 20);
    const scarce = megabytes < 200 || (files > 0 && ffree < 10_000);
    say(scarce ? "bad" : "well", "disk", `${withThousands(megabytes)} MB free for ${directory}`);
  }
  const newest = ledger.generations(1)[0]?.at ?? 0;
  const sane = host.clock.now() >= newest && host.clock.now() > Date.UTC(2025, 0);
  say(
    sane ? "well" : "bad",
    "clock",
    sane
      ? new Date(host.clock.now()).toISOString()
      : "is behind what has been applied; certificates and history need it right",
  );
  const unfinished = ledger.unfinished().length;
  if (unfinished > 0)
    say("remark", "interrupted", `${unfinished} generation was interrupted; the next apply puts it right`);
  return findings;
}
