import type { AskedFor } from "../model/kind.ts";

/** The files of a record's own certificate, as asked of the host. */
export const keyPairFiles = (tls: { readonly certificate: string; readonly key: string } | undefined): AskedFor[] =>
  tls
    ? [
        { value: tls.certificate, path: ["tls", "certificate"] },
        { value: tls.key, path: ["tls", "key"] },
      ]
    : [];
