import { Resolver } from "node:dns/promises";

/** Milliseconds for one question, which is asked once more. */
const [timeout, tries] = [1_500, 2];

/** What names and addresses have to do with each other, as the name servers of this machine say at the moment. */
export interface Names {
  /** Addresses of a name, of both families; none if there is no such name. Rejects where nobody knows. */
  addressesOf(name: string): Promise<readonly string[]>;
  /** Names that an address calls itself; whoever has the address says so. */
  namesOf(address: string): Promise<readonly string[]>;
}

/** No such name, or none of that type: that is an answer. */
const none = (error: NodeJS.ErrnoException): readonly string[] => {
  if (error.code === "ENOTFOUND" || error.code === "ENODATA") return [];
  throw error;
};

export const localNames: Names = {
  async addressesOf(name) {
    // Made anew: which servers to ask may be another matter by now.
    const resolver = new Resolver({ timeout, tries });
    const both = await Promise.all([resolver.resolve4(name).catch(none), resolver.resolve6(name).catch(none)]);
    return both.flat();
  },
  namesOf: (address) => new Resolver({ timeout, tries }).reverse(address).catch(none),
};
