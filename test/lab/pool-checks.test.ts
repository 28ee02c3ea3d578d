import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { agedCertificate } from "./aged-certificate.ts";
import { eventually } from "./estate/estate.ts";
import { start, stopAll } from "./pools/name-servers.ts";

let lab: Lab<"eyes" | "asked">;
let eyes: TestHost;
let asked: TestHost;

interface Stands {
  readonly pool: string;
  readonly isUp?: boolean;
  readonly says?: string;
  readonly certificateEnds?: number;
}

/** What is asked, whether that is as it should be, and what is said of it. */
const checks: Readonly<Record<string, { readonly check: string; readonly isUp: boolean; readonly says: RegExp }>> = {
  ping: { check: "{icmp: true}", isUp: true, says: /^answers$/ },
  port: { check: "{tcp: 443}", isUp: true, says: /^connects$/ },
  "closed-port": { check: "{tcp: 444}", isUp: false, says: /^connection refused$/ },
  page: { check: "{http: /healthz}", isUp: true, says: /^answers 200$/ },
  "wrong-page": { check: "{http: /nothing}", isUp: false, says: /^answers 404$/ },
  "expected-status": { check: "{http: {path: /nothing, status: 404}}", isUp: true, says: /^answers 404$/ },
  "words-in-it": { check: "{http: {path: /healthz, body: all is well}}", isUp: true, says: /^answers 200$/ },
  "other-words": { check: "{http: {path: /healthz, body: ill}}", isUp: false, says: /without the text/ },
  header: { check: '{http: {path: /healthz, headers: {X-Role: "primary"}}}', isUp: true, says: /^answers 200$/ },
  "other-header": {
    check: '{http: {path: /healthz, headers: {X-Role: "backup"}}}',
    isUp: false,
    says: /without X-Role: backup/,
  },
  "other-host": { check: "{http: {path: /healthz, host: other.example.com}}", isUp: false, says: /^answers 421$/ },
  tls: { check: "{https: {path: /healthz, host: tls.example.com}}", isUp: true, says: /^answers 200$/ },
  "tls-of-another": {
    check: "{https: {path: /healthz, host: not.example.com}}",
    isUp: false,
    says: /altnames|does not match/,
  },
  "tls-of-anybody": {
    check: "{https: {path: /healthz, host: strange.example.com}}",
    isUp: false,
    says: /self[- ]signed|unable to verify/,
  },
  "tls-unverified": {
    check: "{https: {path: /healthz, host: strange.example.com, verify: false}}",
    isUp: true,
    says: /^answers 200$/,
  },
  zone: { check: "{dns: {name: example.com, type: SOA}}", isUp: true, says: /^knows example\.com$/ },
  "no-zone": { check: "{dns: {name: example.net, type: SOA}}", isUp: false, says: /REFUSED|refused/i },
  mail: { check: "{smtp: 25}", isUp: true, says: /^220 .*Exim/ },
  "no-mail": { check: "{smtp: 80}", isUp: false, says: /no answer|answers HTTP|without a word/ },
  program: { check: "{command: well}", isUp: true, says: /^well, 198\.51\.100\.\d+, as upkeep-watch, without rights$/ },
  "program-that-fails": { check: "{command: ill}", isUp: false, says: /^the disk is full$/ },
  "too-slow": { check: "{command: slow}", isUp: false, says: /^no answer within 400 ms$/ },
};

before(async () => {
  lab = await openLab({ eyes: "none", asked: "nginx" }, { packages: "full" });
  ({ eyes, asked } = lab.hosts);
  for (const host of [eyes, asked]) await stopAll(host);
  await serve();
  eyes.write("/usr/local/share/ca-certificates/ours.crt", await asked.must("cat", "/root/ca.pem"));
  await eyes.must("update-ca-certificates");
  eyes.write(
    "/usr/local/bin/check",
    '#!/bin/sh\ncase $1 in well) echo "well, $2, as $(id -un), $(cat /etc/shadow >/dev/null 2>&1 && echo "reads anything" || echo "without rights")" ;; ill) echo "the disk is full" >&2; exit 1 ;; *) sleep 30 ;; esac\n',
    0o755,
  );
  eyes.write(
    "/etc/upkeep/policy.yaml",
    "checks:\n  well: [/usr/local/bin/check, well]\n  ill: [/usr/local/bin/check, ill]\n  slow: [/usr/local/bin/check, slow]\n",
  );
  const pools = Object.entries(checks).map(
    ([name, { check }]) =>
      `kind: DnsPool\nname: ${name}.example.com\nspec:\n  zone: example.com\n  addresses: [${asked.address}]\n  check: ${check}\n  every: 500ms\n  timeout: 400ms\n`,
  );
  const { code, stdout, stderr } = await eyes.apply(pools.join("---\n"));
  assert.equal(code, 0, stdout.slice(-2_000) + stderr);
});
after(() => lab?.close());

/** A certificate that has so many days left, by whom the eyes believe. */
const renew = (daysLeft: number) =>
  agedCertificate(asked, { stem: "/root/tls.example.com", name: "tls.example.com", daysLeft, by: "/root/ca" });

/** A web server with and without TLS, a name server and a mail server. */
async function serve(): Promise<void> {
  const make = async (name: string, ...signed: string[]) =>
    asked.must(
      ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "5"],
      ...["-subj", `/CN=${name}`, "-keyout", `/root/${name}.key`, "-out", `/root/${name}.pem`, ...signed],
    );
  await make("ca");
  await make("strange.example.com", "-addext", "subjectAltName=DNS:strange.example.com");
  await renew(5);
  asked.write("/var/www/html/healthz", "all is well\n");
  const tls = (name: string, more = "") =>
    `server { listen 443 ssl${more}; server_name ${name}; ssl_certificate /root/${name}.pem; ssl_certificate_key /root/${name}.key; root /var/www/html; }\n`;
  asked.write(
    "/etc/nginx/sites-enabled/checks",
    `server { listen 80 default_server; server_name _; root /var/www/html; add_header X-Role primary; }\nserver { listen 80; server_name other.example.com; return 421; }\n${tls("tls.example.com", " default_server")}${tls("strange.example.com")}`,
  );
  await asked.must("rm", "--force", "/etc/nginx/sites-enabled/default");
  await asked.must("systemctl", "restart", "nginx");
  asked.write(
    "/etc/bind/db.example.com",
    "$TTL 300\n@ IN SOA ns1.example.com. hostmaster.example.com. 1 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 127.0.0.1\n",
  );
  asked.write("/etc/bind/named.conf.local", 'zone "example.com" { type master; file "/etc/bind/db.example.com"; };\n');
  asked.write(
    "/etc/bind/named.conf.options",
    'options { directory "/var/cache/bind"; recursion no; listen-on { any; }; dnssec-validation no; };\n',
  );
  await start(asked, "named");
  asked.write(
    "/etc/exim4/update-exim4.conf.conf",
    "dc_eximconfig_configtype='local'\ndc_other_hostnames=''\ndc_local_interfaces='0.0.0.0'\ndc_use_split_config='false'\n",
  );
  await asked.must("update-exim4.conf");
  await asked.must("systemctl", "stop", "exim4");
  await start(asked, "exim4");
}

const standing = async (): Promise<readonly Stands[]> => {
  const { code, stdout } = await eyes.upkeep("pool", "status", "--json");
  return code === 0 ? (JSON.parse(stdout) as Stands[]) : [];
};
const of = (all: readonly Stands[], name: string) => all.find(({ pool }) => pool === `${name}.example.com`);

describe("an address is asked", () => {
  before(() =>
    eventually(
      "all have been asked",
      async () => (await standing()).filter(({ isUp }) => isUp !== undefined).length === Object.keys(checks).length,
      15_000,
    ),
  );

  for (const [name, { check, isUp, says }] of Object.entries(checks))
    test(`${check}: ${isUp ? "up" : "down"}`, async () => {
      const stands = of(await standing(), name);
      assert.equal(stands?.isUp, isUp, stands?.says);
      assert.match(stands!.says!, says);
    });
});

describe("a certificate that ends soon", () => {
  test("is spoken of, and an event, once", async () => {
    const ends = of(await standing(), "tls")!.certificateEnds!;
    assert.ok(Math.abs(ends - Date.now() - 5 * 86_400_000) < 3_600_000);
    assert.match((await eyes.upkeep("pool", "status", "tls.example.com")).stdout, /its certificate ends in 5 d/);
    await eyes.must("systemctl", "restart", "upkeep-watches");
    await eventually("it is seen again", async () => of(await standing(), "tls")?.certificateEnds !== undefined);
    const { stdout } = await eyes.upkeep("events", "--limit", "1000");
    const date = new Date(ends).toISOString().slice(0, 10);
    const said = stdout
      .split("\n")
      .filter((line) => line.includes(`tls.example.com: that of ${asked.address} ends on ${date}`));
    assert.equal(said.length, 1, stdout);
  });

  test("and no longer when there is a new one", async () => {
    await renew(89);
    await asked.must("systemctl", "reload", "nginx");
    await eventually("nothing is said any more", async () => {
      const stands = of(await standing(), "tls");
      return stands?.isUp === true && stands.certificateEnds === undefined;
    });
  });
});
