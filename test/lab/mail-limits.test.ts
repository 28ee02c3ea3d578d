import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import type { PackageSet } from "../../lab/packages.ts";
import { eventually, openEstate, type TestEstate } from "./estate/estate.ts";
import { start, stopAll } from "./pools/name-servers.ts";

interface Server {
  readonly unit: string;
  readonly packages: PackageSet;
  prepare(host: TestHost): Promise<void>;
  /** What of its configuration Upkeep puts lines into, and its owner keeps. */
  readonly own: string;
}

const sends = async (host: TestHost, user: string, subject: string) =>
  (
    await host.exec(
      ["runuser", "-u", user, "--", "/usr/sbin/sendmail", "-oi", "ops@example.com"],
      `Subject: ${subject}\nTo: ops@example.com\n\nhello\n`,
    )
  ).code === 0;

const servers: Readonly<Record<string, Server>> = {
  exim: {
    unit: "exim4",
    packages: "full",
    own: "/etc/exim4/exim4.conf.localmacros",
    async prepare(host) {
      await stopAll(host);
      host.write(
        "/etc/exim4/update-exim4.conf.conf",
        "dc_eximconfig_configtype='local'\ndc_other_hostnames='example.com'\ndc_local_interfaces='127.0.0.1 ; ::1'\ndc_use_split_config='false'\ndc_localdelivery='mail_spool'\n",
      );
      host.write(
        "/etc/exim4/exim4.conf.localmacros",
        "# of its owner\nMAIN_HARDCODE_PRIMARY_HOSTNAME = web1.example.com\n",
      );
      await host.must("update-exim4.conf");
      await host.must("systemctl", "stop", "exim4");
      await start(host, "exim4");
    },
  },
  postfix: {
    unit: "postfix",
    packages: "postfix",
    own: "/etc/postfix/main.cf",
    async prepare(host) {
      await host.must(
        "postconf",
        "-e",
        "mydestination=example.com, localhost",
        "inet_interfaces=loopback-only",
        "myhostname=web1.example.com",
      );
      await host.must("systemctl", "stop", "postfix");
      await start(host, "postfix");
    },
  },
};

const limit = (perDay: number) => `kind: MailLimit\nname: acme\nspec: {accounts: [alice, carol], perDay: ${perDay}}\n`;

for (const [name, server] of Object.entries(servers))
  describe(`mail a day, by ${name}`, () => {
    let lab: Lab<"web1">;
    let host: TestHost;
    let former: string;
    const arrived = async (subject: string) =>
      (await host.exec(["cat", "/var/mail/ops"])).stdout.includes(`Subject: ${subject}\n`);
    const apply = async (yaml: string) => {
      const { code, stdout, stderr } = await host.apply(yaml);
      assert.equal(code, 0, stdout + stderr);
      return stdout;
    };
    const stopped = async () => (await host.must("cat", "/var/lib/upkeep-mail/stopped")).split("\n").filter(Boolean);
    const areStopped = (...accounts: string[]) =>
      eventually(`${accounts} are stopped`, async () => JSON.stringify(await stopped()) === JSON.stringify(accounts));
    const shown = async () => (await host.upkeep("mail")).stdout;

    before(async () => {
      lab = await openLab({ web1: "none" }, { packages: server.packages });
      host = lab.hosts.web1;
      for (const user of ["ops", "alice", "bob", "carol"]) await host.must("useradd", "--create-home", user);
      await server.prepare(host);
      former = await host.must("cat", server.own);
    });
    after(() => lab?.close());

    test("the plan shows the lines that the mail server gets", async () => {
      const { stdout } = await host.exec(["/opt/upkeep/upkeep", "plan", "-"], limit(3));
      assert.match(stdout, /\+.*(upkeep-mail-limits|authorized_submit_users)/);
      assert.equal(await host.must("cat", server.own), former);
    });

    test("accounts send so many together, and then none; others go on", async () => {
      await apply(limit(3));
      for (const [user, subject] of [
        ["alice", "one"],
        ["carol", "two"],
        ["bob", "other"],
      ] as const) {
        assert.ok(await sends(host, user, subject));
        await eventually(`${subject} arrives`, () => arrived(subject));
      }
      await eventually("it is counted", async () => /2 of 3 today/.test(await shown()));
      assert.ok(await sends(host, "alice", "three"));
      await areStopped("alice", "carol");
      for (const user of ["alice", "carol"]) assert.equal(await sends(host, user, "four"), false, `${user} is refused`);
      assert.ok(await sends(host, "bob", "five"));
      await eventually("five arrives", () => arrived("five"));
      assert.equal(await arrived("four"), false);
      assert.match(await shown(), /acme {2}3 of 3 today, no more is taken\n {2}alice, carol/);
      assert.match(
        (await host.upkeep("events")).stdout,
        /mail limit +acme: 3 messages today; of alice, carol none is taken/,
      );
    });

    test("nobody gets around it by speaking SMTP with the program that takes messages", async () => {
      const dialogue =
        "EHLO x\r\nMAIL FROM:<alice@example.com>\r\nRCPT TO:<ops@example.com>\r\nDATA\r\nSubject: around\r\n\r\nx\r\n.\r\nQUIT\r\n";
      const { stdout } = await host.exec(["runuser", "-u", "alice", "--", "/usr/sbin/sendmail", "-bs"], dialogue);
      assert.doesNotMatch(stdout, /^250 .*(OK id=|queued)/m);
      assert.equal(await arrived("around"), false);
    });

    test("what has been counted is counted after everything has been started anew, once", async () => {
      await host.must("pkill", "--signal=KILL", "--full", "main.js watch");
      await start(host, "upkeep-watches");
      await eventually("it is known again", async () => /3 of 3 today/.test(await shown()));
      await areStopped("alice", "carol");
    });

    test("a limit that is raised lets them send again, one that is gone leaves everything as it was", async () => {
      await apply(limit(4));
      await areStopped();
      assert.ok(await sends(host, "alice", "six"));
      await areStopped("alice", "carol");
      assert.equal((await host.upkeep("delete", "MailLimit", "acme")).code, 0);
      assert.ok(await sends(host, "alice", "seven"));
      await eventually("seven arrives", () => arrived("seven"));
      assert.equal(await host.must("cat", server.own), former);
      assert.match((await host.exec(["ls", "/etc/exim4", "/var/lib", "/etc/upkeep"])).stdout, /^(?!.*upkeep-mail)/s);
    });

    test("what its owner has set already is not overruled", async () => {
      const [file, line] =
        name === "exim"
          ? [server.own, "acl_not_smtp = acl_mine"]
          : [server.own, "authorized_submit_users = !www-data, static:all"];
      host.write(file, `${line}\n${former}`);
      const { code, stdout } = await host.apply(limit(3));
      assert.equal(code, 3);
      assert.match(stdout, /sets (acl_not_smtp|authorized_submit_users) already, which can have one value only/);
      host.write(file, former);
    });
  });

describe("a tenant's quota of mail a day", () => {
  let estate: TestEstate<"web1" | "web2">;
  before(async () => {
    estate = await openEstate(["web1", "web2"], { packages: "full" });
    for (const host of Object.values(estate.hosts)) {
      await host.must("useradd", "--create-home", "ops");
      await servers.exim!.prepare(host);
    }
  });
  after(() => estate?.close());

  test("is one for all hosts of its sites, and its end is the end of the limits", async () => {
    const { control, hosts } = estate;
    const used = async () => (await control.upkeep("mail")).stdout;
    const set = (quota: string) =>
      control.must("/opt/upkeep/upkeep", "tenant", "set", "acme", "--title", "Acme Ltd", "--quota", quota);
    await set("mail=4");
    for (const name of ["web1", "web2"] as const) {
      const site = `kind: Site\nname: ${name}.acme.example\nhost: ${name}\ntenant: acme\nspec: {user: acme}\n`;
      const { code, stdout, stderr } = await control.apply(site);
      assert.equal(code, 0, stdout + stderr);
    }
    const stopped = (host: TestHost) => host.exec(["cat", "/var/lib/upkeep-mail/stopped"]);
    for (const host of [hosts.web1, hosts.web2])
      await eventually(`${host.name} counts`, async () => /acme/.test((await host.upkeep("mail")).stdout));
    assert.match(await used(), /tenant-acme {2}0 of 4 today/);
    for (const [host, subject] of [
      [hosts.web1, "one"],
      [hosts.web2, "two"],
      [hosts.web2, "three"],
    ] as const)
      assert.ok(await sends(host, "acme", subject));
    await eventually("it is told", async () => /3 of 4 today \(web1 1, web2 2\)/.test(await used()));
    assert.ok(await sends(hosts.web1, "acme", "four"));
    for (const host of [hosts.web1, hosts.web2]) {
      await eventually(`${host.name} takes no more`, async () => (await stopped(host)).stdout === "acme\n");
      assert.equal(await sends(host, "acme", "five"), false);
    }
    await eventually("it is an event", async () =>
      /mail limit +tenant-acme: 4 messages today/.test((await control.upkeep("events")).stdout),
    );
    await set("mail=");
    for (const host of [hosts.web1, hosts.web2])
      await eventually(`${host.name} takes mail again`, () => sends(host, "acme", "six"));
  });
});
