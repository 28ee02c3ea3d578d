import { bansFile, openBans } from "./bans.ts";
import { openCertificateWarnings } from "./certificate-warnings.ts";
import { openDatabase } from "./database.ts";
import { openFailing } from "./failing.ts";
import { openGuardHistory } from "./guard-history.ts";
import { openKeys } from "./keys.ts";
import { openMailCounts } from "./mail-counts.ts";
import { openNotified } from "./notified.ts";
import { openPools } from "./pools.ts";

/** What a host's watches have found, all of it: whoever reads one part finds the others, too. */
export function openGuardDatabase() {
  const database = openDatabase(bansFile);
  return {
    bans: openBans(database),
    keys: openKeys(database),
    pools: openPools(database),
    mail: openMailCounts(database),
    notified: openNotified(database),
    certificates: openCertificateWarnings(database),
    failing: openFailing(database),
    history: openGuardHistory(database),
    close: () => database.close(),
  };
}
