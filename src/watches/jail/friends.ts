import type { Names } from "../../host/names.ts";
import { rhythm } from "../../host/pace.ts";
import { parseAddress, printAddress } from "../../model/address.ts";

/**
 * Search engines, by what the names of their crawlers end in, as each of them says how to know it: the address calls itself
 * so, and the name has that address. Anyone can do the first, nobody else the second.
 */
const crawlers: Readonly<Record<string, readonly string[]>> = {
  Google: ["googlebot.com", "google.com"],
  Bing: ["search.msn.com"],
  Yandex: ["yandex.ru", "yandex.net", "yandex.com"],
  Apple: ["applebot.apple.com"],
  Baidu: ["crawl.baidu.com", "crawl.baidu.jp"],
  Yahoo: ["crawl.yahoo.net"],
  Seznam: ["seznam.cz"],
  Qwant: ["qwant.com"],
  Petal: ["petalsearch.com"],
};

/** Milliseconds for which an answer is believed; so many are remembered. */
const [freshness, most] = [3_600_000, 5_000];

/** Tells search engines from those who only call themselves so. */
export function openFriends(
  names: Names,
  now: () => number,
): {
  /** Whose crawler has this address; nothing, if it is nobody's, or cannot be found out. */
  engineOf(address: string): Promise<string | undefined>;
} {
  const known = new Map<string, { readonly at: number; readonly engine: string | undefined }>();
  return {
    async engineOf(address) {
      const former = known.get(address);
      if (former && former.at > now() - freshness) return former.engine;
      const engine = await find(names, address).catch(() => undefined);
      known.delete(address);
      known.set(address, { at: now(), engine });
      if (known.size > most) known.delete(known.keys().next().value!);
      return engine;
    },
  };
}

async function find(names: Names, address: string): Promise<string | undefined> {
  for (const written of (await names.namesOf(address)).slice(0, 5)) {
    const name = written.toLowerCase().replace(/\.$/, "");
    const engine = Object.entries(crawlers).find(([, ends]) => ends.some((end) => name.endsWith(`.${end}`)))?.[0];
    if (engine !== undefined && (await names.addressesOf(name)).some((each) => isSame(each, address))) return engine;
  }
  return undefined;
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [parseAddress(one), parseAddress(other)];
  return first !== undefined && second !== undefined && printAddress(first) === printAddress(second);
}

/** Milliseconds between two looks at names. */
const every = rhythm(60_000);

/** Follows what addresses names have; one that cannot be looked up keeps those that it had. */
export function followNames(
  wanted: readonly string[],
  names: Names,
  tell: (addresses: readonly string[]) => void,
): {
  /** Every name has been looked up once, or could not be. */
  readonly known: Promise<void>;
  stop(): void;
} {
  const found = new Map<string, readonly string[]>();
  let told = "";
  async function look() {
    await Promise.all(
      wanted.map((name) =>
        names.addressesOf(name).then(
          (addresses) => found.set(name, addresses),
          () => {},
        ),
      ),
    );
    const all = [...new Set([...found.values()].flat())].sort();
    if (all.join() === told) return;
    told = all.join();
    tell(all);
  }
  const known = look();
  const timer = setInterval(() => void look(), every);
  timer.unref();
  return { known, stop: () => clearInterval(timer) };
}
