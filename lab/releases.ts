import { releaseNamed } from "../src/model/release.ts";

/** A release that hosts of the lab can have. What tests have to know of it by name stands here and nowhere else. */
export interface LabRelease {
  /** What mirrors call it. */
  readonly codename: "bookworm" | "trixie";
  /** What Upkeep calls it: ID and VERSION_ID of os-release(5). */
  readonly name: string;
  /** Its PHP, and the unit that serves it. */
  readonly php: { readonly version: string; readonly unit: string; readonly checker: string };
  /** Its PostgreSQL: major version, unit of its cluster, directory of its configuration. */
  readonly postgres: { readonly version: string; readonly unit: string; readonly configuration: string };
  /** Its own systemd no longer knows cgroup v1, and real hosts have v2 alone. */
  readonly hasUnifiedCgroups: boolean;
}

const release = (
  codename: LabRelease["codename"],
  name: string,
  postgres: string,
  hasUnifiedCgroups: boolean,
): LabRelease => {
  const php = releaseNamed(name)!.php;
  return {
    codename,
    name,
    php: { version: php, unit: `php${php}-fpm`, checker: `php-fpm${php}` },
    postgres: {
      version: postgres,
      unit: `postgresql@${postgres}-main`,
      configuration: `/etc/postgresql/${postgres}/main`,
    },
    hasUnifiedCgroups,
  };
};

/** Every release that the lab boots. */
export const labReleases: readonly LabRelease[] = [
  release("bookworm", "debian 12", "15", false),
  release("trixie", "debian 13", "17", true),
];

/** The release of that codename; throws where there is none. */
export function labRelease(codename: string): LabRelease {
  const found = labReleases.find((each) => each.codename === codename);
  if (!found)
    throw new Error(
      `the lab has no release "${codename}"; there is: ${labReleases.map((each) => each.codename).join(", ")}`,
    );
  return found;
}

/** The release of hosts that are opened without a word about it: UPKEEP_LAB_RELEASE, else Debian 12. */
export const usualRelease: LabRelease = labRelease(process.env.UPKEEP_LAB_RELEASE || "bookworm");
