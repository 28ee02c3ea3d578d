import { X509Certificate } from "node:crypto";
import type { Host } from "../../host/host.ts";
import { parseAddress } from "../../model/address.ts";

/** What browsers are shown. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Days for which one that we make is good, and before which it is made anew. */
const [life, spare] = [365, 30];

/** The operator's certificate, or one that is made here: a browser asks its owner once whether to believe it. */
export async function certificateFor(
  host: Pick<Host, "files" | "processes" | "clock">,
  {
    stated,
    directory,
    names,
  }: {
    readonly stated: { readonly certificate: string; readonly key: string } | undefined;
    readonly directory: string;
    readonly names: readonly string[];
  },
): Promise<Certificate> {
  const [certificate, key] = stated
    ? [stated.certificate, stated.key]
    : [`${directory}/web.pem`, `${directory}/web.key`];
  const { files, processes, clock } = host;
  if (!stated && !isGood(files.read(certificate), names, clock.now())) {
    const subjects = names.map((name) => (parseAddress(name) ? `IP:${name}` : `DNS:${name}`));
    const { code, stderr } = await processes.run([
      ...(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"] as const),
      ...["-days", String(life), "-subj", "/CN=Upkeep", "-addext", `subjectAltName=${subjects.join(",")}`],
      ...["-keyout", key, "-out", certificate],
    ]);
    if (code !== 0) throw new Error(`openssl could not make a certificate: ${stderr.trim()}`);
  }
  const [cert, secret] = [files.read(certificate), files.read(key)];
  if (cert === undefined || secret === undefined)
    throw new Error(`${cert === undefined ? certificate : key} cannot be read`);
  return { cert, key: secret };
}

function isGood(text: string | undefined, names: readonly string[], now: number): boolean {
  if (text === undefined) return false;
  const certificate = new X509Certificate(text);
  return (
    Date.parse(certificate.validTo) - now > spare * 86_400_000 &&
    names.every((name) => (parseAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  );
}
