/** What an address led to. */
export interface Fetched {
  /** Where it was found in the end, after redirects. */
  readonly url: URL;
  readonly body: Uint8Array;
  /** Media type without parameters, in lower case; empty if nobody says. */
  readonly type: string;
  /** The charset that came with the type. */
  readonly charset?: string;
}

/** Reads `file:`, `http:` and `https:` addresses. Rejects with a reason for people. */
export type Fetcher = (url: URL) => Promise<Fetched>;

/** A place in something that was read. */
export interface Where {
  /** As people know it: a path or an address. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something that could not be embedded. */
export interface Missing {
  readonly reference: string;
  readonly where: Where;
  readonly why: string;
}

/** A path for a file, an address for the rest. */
export const nameOf = (url: URL): string => (url.protocol === "file:" ? decodeURIComponent(url.pathname) : url.href);
