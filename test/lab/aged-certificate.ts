import type { TestHost } from "../../lab/lab.ts";

const day = 86_400_000;
const config = `[ca]
default_ca = own
[own]
database = /root/certificates
new_certs_dir = /root
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = critical,CA:FALSE
subjectAltName = DNS:`;

/**
 * Makes a certificate that was made for 90 days and has so many left, with its key: `<stem>.pem` and `<stem>.key`. `by`:
 * the stem of who has signed it; by default it is signed by itself.
 */
export async function agedCertificate(
  host: TestHost,
  { stem, name, daysLeft, by }: { stem: string; name: string; daysLeft: number; by?: string },
): Promise<void> {
  host.write("/root/ca.cnf", `${config}${name}\n`);
  host.write("/root/certificates", "");
  const ends = Date.now() + daysLeft * day;
  const date = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace(/[-T:]/g, "")}Z`;
  await host.must(
    ...(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"] as const),
    ...["-subj", `/CN=${name}`, "-keyout", `${stem}.key`, "-out", "/root/request.pem"],
  );
  await host.must(
    ...(["openssl", "ca", "-batch", "-notext", "-config", "/root/ca.cnf", "-in", "/root/request.pem"] as const),
    ...["-startdate", date(ends - 90 * day), "-enddate", date(ends), "-out", `${stem}.pem`],
    ...(by === undefined ? ["-selfsign", "-keyfile", `${stem}.key`] : ["-cert", `${by}.pem`, "-keyfile", `${by}.key`]),
  );
}
