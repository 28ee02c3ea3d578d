import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Lab, openLab, type TestHost } from "../../../lab/lab.ts";
import type { LabRelease } from "../../../lab/releases.ts";
import { eventually } from "../estate/estate.ts";

export type Names = "old1" | "new1" | "visitor";

/** How much there is to move. */
export interface Size {
  /** Files of a megabyte each. */
  readonly uploads: number;
  readonly posts: number;
}

/**
 * Two hosts and somebody who visits. On the old one a real WordPress with MariaDB, and a site on PostgreSQL with a
 * certificate; root of the new one may sign in there.
 */
export async function openWorld(
  size: Size,
  releases: Partial<Readonly<Record<Names, LabRelease>>> = {},
): Promise<Lab<Names>> {
  const lab = await openLab<Names>({ old1: "apache2", new1: "nginx", visitor: "none" }, { packages: "full", releases });
  const { old1, new1, visitor } = lab.hosts;
  await Promise.all([furnish(old1), furnish(new1)]);
  await letIn(new1, old1);
  await Promise.all([makeSites(old1, size), makeNameServer(visitor, old1.address, new1)]);
  return lab;
}

async function furnish(host: TestHost): Promise<void> {
  await host.must("install", "--directory", "--mode=0700", "/root/.ssh");
  // They are there again after a power cut.
  await host.must("systemctl", "--quiet", "enable", "ssh", "mariadb", "postgresql", host.release.php.unit, "cron");
  for (const unit of ["ssh", "mariadb", "postgresql", host.release.php.unit])
    await eventually(`${unit} runs`, async () => (await host.exec(["systemctl", "start", unit])).code === 0, 30_000);
}

const secret = randomBytes(32).toString("base64");
const key = `key "upkeep" { algorithm hmac-sha256; secret "${secret}"; };\n`;

/** So long names are remembered, in seconds. */
export const usualTtl = 2;

/** A name server of somebody's, who lets the new host change it. */
async function makeNameServer(host: TestHost, address: string, from: TestHost): Promise<void> {
  const names = ["shop", "www.shop", "app"].map((name) => `${name} ${usualTtl} IN A ${address}\n`).join("");
  host.write(
    "/var/lib/bind/db.example.com",
    `$TTL 300\n@ IN SOA ns1.example.com. hostmaster.example.com. 1 3600 600 86400 300\n@ IN NS ns1\nns1 IN A ${host.address}\n${names}`,
  );
  await host.must("chown", "-R", "bind:", "/var/lib/bind");
  host.write(
    "/etc/bind/named.conf.local",
    `${key}zone "example.com" { type master; file "/var/lib/bind/db.example.com"; update-policy { grant upkeep zonesub ANY; }; };\n`,
  );
  await eventually("named runs", async () => (await host.exec(["systemctl", "restart", "named"])).code === 0, 30_000);
  from.write("/etc/upkeep/dns.key", key, 0o600);
}

/** Root of one host may sign in on another. */
export async function letIn(who: TestHost, where: TestHost): Promise<void> {
  await who.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/.ssh/id_ed25519");
  who.write("/root/.ssh/config", "Host *\n  StrictHostKeyChecking accept-new\n");
  where.write("/root/.ssh/authorized_keys", await who.must("cat", "/root/.ssh/id_ed25519.pub"), 0o600);
}

/** Has the name server give out these addresses. */
export async function giveOut(
  visitor: TestHost,
  names: readonly string[],
  addresses: readonly string[],
): Promise<void> {
  const lines = names.flatMap((name) => [
    `update delete ${name}.example.com. A`,
    ...addresses.map((address) => `update add ${name}.example.com. ${usualTtl} A ${address}`),
  ]);
  visitor.write("/root/dns.key", key, 0o600);
  const input = ["server 127.0.0.1", "zone example.com.", ...lines, "send", ""].join("\n");
  await must(visitor, ["nsupdate", "-k", "/root/dns.key"], input);
}

/** What the name server says of a name. */
export const addressOf = async (visitor: TestHost, name: string): Promise<string> =>
  (await visitor.must("dig", "+short", "+norecurse", `@${visitor.address}`, name, "A")).trim();

export const records = `
kind: Site
name: shop.example.com
spec:
  aliases: [www.shop.example.com]
  php: {children: 6}
---
kind: Site
name: app.example.com
spec:
  php: true

  tls: {certificate: /etc/ssl/own/app.pem, key: /etc/ssl/own/app.key}
`;

async function makeSites(host: TestHost, { uploads, posts }: Size): Promise<void> {
  await host.must("install", "--directory", "/etc/ssl/own");
  await host.certificate("own/app", "app.example.com");
  const { code, stdout, stderr } = await host.apply(records.replace(/ {2}basicAuth:.*\n/, ""));
  if (code !== 0) throw new Error(stdout + stderr);
  const input = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
  await must(host, ["mariadb"], input("wordpress.sql"));
  const shop = "/home/shop-example-com/shop.example.com/htdocs";
  await host.must("cp", "--archive", "--dereference", "/usr/share/wordpress/.", shop);
  host.write(`${shop}/wp-config.php`, input("wp-config.php"));
  host.write(`${shop}/wp-content/mu-plugins/test.php`, input("mu-plugin.php"));
  await host.must("install", "--directory", `${shop}/wp-content/uploads`);
  if (uploads > 0)
    await host.must(
      "bash",
      "-c",
      `cd ${shop}/wp-content/uploads && head -c ${uploads}M /dev/urandom | split --bytes=1M --suffix-length=4 --additional-suffix=.jpg - photo`,
    );
  await host.must("chown", "--recursive", "shop-example-com:", shop);
  const install = await host.ask("http://shop.example.com/wp-admin/install.php?step=2", {
    method: "POST",
    data: "weblog_title=Shop&user_name=admin&admin_password=pw&admin_password2=pw&pw_weak=on&admin_email=a%40example.com&Submit=Install",
  });
  if (!/Success/.test(install.body))
    throw new Error(`WordPress is not installed: ${install.status} ${install.body.slice(0, 3000)}`);
  await must(host, ["mariadb", "shop"], input("posts.sql").replaceAll("POSTS", String(posts)));
  await must(host, postgres, "CREATE ROLE app LOGIN PASSWORD 'app';\nCREATE DATABASE app OWNER app;\n");
  await must(host, [...postgres, "app"], input("app.sql"));
  const app = "/home/app-example-com/app.example.com/htdocs";
  await host.must("rm", "-f", `${app}/index.html`);
  host.write(`${app}/index.php`, input("app.php"));
  host.write(`${app}/.env`, "DATABASE_URL=postgres://app:app@127.0.0.1/app\n");
  await host.must("chown", "--recursive", "app-example-com:", app);
  await must(host, ["crontab", "-u", "shop-example-com", "-"], "17 3 * * * true\n");
}

const postgres: readonly [string, ...string[]] = [
  "setpriv",
  "--reuid=postgres",
  "--regid=postgres",
  "--init-groups",
  "psql",
  "--quiet",
  "--no-psqlrc",
  "--tuples-only",
  "--no-align",
  "--set=ON_ERROR_STOP=1",
];

/** Asks a database as its administrator. */
export const sql = async (
  host: TestHost,
  server: "mariadb" | "postgres",
  database: string,
  text: string,
): Promise<string> =>
  (
    await must(
      host,
      server === "mariadb" ? ["mariadb", "--batch", "--skip-column-names", database] : [...postgres, database],
      text,
    )
  ).trim();

async function must(host: TestHost, argv: readonly [string, ...string[]], input: string): Promise<string> {
  const { code, stdout, stderr } = await host.exec([...argv], input);
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr.slice(0, 1_000)}`);
  return stdout;
}
