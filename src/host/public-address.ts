import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { networkInterfaces } from "node:os";

/** What is no address of the Internet: the special-purpose registries of IANA (RFC 6890), and multicast. */
const special = listOf(
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24",
  "192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3",
  // 6to4 and Teredo lead to any IPv4 address.
  "2001::/23 2001:db8::/32 2002::/16 3fff::/20",
);
/** The rest of what is outside 2000::/3 is special, too. */
const internet = listOf("0.0.0.0/0 2000::/3");

function listOf(...lines: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of lines.flatMap((line) => line.split(" "))) {
    const [address, length] = network.split("/") as [string, string];
    list.addSubnet(address, Number(length), address.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

/** Whether an address is somebody's on the Internet, and not this machine's: what a stranger may have us ask. */
export function isPublic(address: string): boolean {
  const family = isIP(address) === 4 ? "ipv4" : "ipv6";
  if (isIP(address) === 0 || !internet.check(address, family) || special.check(address, family)) return false;
  return !Object.values(networkInterfaces()).some((each) => each?.some((own) => own.address === address));
}

/** Looks a name up for a connection, and fails where any of its addresses is not allowed: what is looked up is what is asked. */
export const lookupOf =
  (isAllowed: (address: string) => boolean): LookupFunction =>
  (name, options, answer) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      const refused = found?.find(({ address }) => !isAllowed(address));
      if (error) answer(error, []);
      else if (refused) answer(new Error(`${name} is ${refused.address}, which is no public address`), []);
      else if (options.all) answer(null, found);
      else answer(null, found[0]!.address, found[0]!.family);
    });
