import { bansFile, openBans } from "../../src/store/bans.ts";
import { openDatabase } from "../../src/store/database.ts";
import { membersOf } from "../../src/watches/jail/packet-filter.ts";

/* Run in the bench's host while no guard runs there: so many addresses are banned. */

const many = Number(process.argv[2]);
const since = Date.now();
const bans = openBans(openDatabase(bansFile));
bans.put(
  Array.from({ length: many }, (_, index) => ({
    address:
      index % 4 === 3
        ? `2001:db8:${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}::1`
        : `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    jail: "bench",
    reason: "jail bench",
    ports: [],
    since,
    until: since + 86_400_000,
    number: 1,
    evidence: ['192.0.2.1 - - [22/Nov/2026:10:00:00 +0000] "POST /wp-login.php HTTP/1.1" 200 4523'],
  })),
  membersOf,
);
