import type { TestHost } from "../lab/lab.ts";
import type { PackageSet } from "../lab/packages.ts";
import { ansible } from "./ansible.ts";
import { dumpRows } from "./dump-rows.ts";
import type { Figure } from "./figures.ts";
import { hosts } from "./hosts.ts";
import { jail } from "./jail.ts";
import { maintenance } from "./maintenance.ts";
import { memory } from "./memory.ts";
import { migrateSite } from "./migrate-site.ts";
import { pageBuilder } from "./pages.ts";
import { pool } from "./pool.ts";
import { tenThousand } from "./ten-thousand.ts";
import { web } from "./web.ts";

export interface Bench {
  /** Also the name of its file. What it measures besides what that file imports: `coverage.ts`. */
  readonly name: string;
  /** Over its figures. */
  readonly title: string;
  /** What its peers need in the host. */
  readonly packages?: PackageSet;
  readonly run: (host: TestHost, progress: (text: string) => void) => Promise<readonly Figure[]>;
}

export const benches: readonly Bench[] = [
  tenThousand,
  ansible,
  pageBuilder,
  maintenance,
  hosts,
  jail,
  pool,
  memory,
  dumpRows,
  migrateSite,
  web,
];
