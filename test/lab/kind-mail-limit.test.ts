import assert from "node:assert/strict";
import type { TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";
import { behavesLikeKind } from "./kind/behaves-like-kind.ts";
import { start } from "./pools/name-servers.ts";

const sends = async (host: TestHost, user: string): Promise<boolean> =>
  (
    await host.exec(
      ["runuser", "-u", user, "--", "/usr/sbin/sendmail", "-oi", "ops@example.com"],
      "Subject: x\n\nhello\n",
    )
  ).code === 0;

const limit = (perDay: number) => ({ accounts: ["alice"], perDay });

behavesLikeKind("a mail limit", {
  kind: "MailLimit",
  packages: "full",
  async prepare(host) {
    for (const user of ["ops", "alice", "bob"]) await host.must("useradd", "--create-home", user);
    await host.must("systemctl", "disable", "--now", "named", "knot", "pdns");
    host.write(
      "/etc/exim4/update-exim4.conf.conf",
      "dc_eximconfig_configtype='local'\ndc_other_hostnames='example.com'\ndc_local_interfaces='127.0.0.1 ; ::1'\ndc_use_split_config='false'\ndc_localdelivery='mail_spool'\n",
    );
    await host.must("update-exim4.conf");
    await host.must("systemctl", "stop", "exim4");
    await host.must("systemctl", "--quiet", "enable", "exim4");
    await start(host, "exim4");
  },
  others: {
    "/etc/exim4/exim4.conf.localmacros": "# of its owner\nMAIN_HARDCODE_PRIMARY_HOSTNAME = web1.example.com\n",
  },
  before: [
    { kind: "Jail", name: "scan" },
    { kind: "Notification", name: "zz", spec: { webhook: { url: "http://127.0.0.1:9/" }, events: ["revoked"] } },
  ],
  name: "acme",
  good: limit(0),
  changed: limit(100_000),
  neighbour: { name: "aaa", spec: { accounts: ["bob"], perDay: 1_000 } },
  refused: { spec: { accounts: ["alice"], perDay: -1 }, says: /spec\.perDay/ },
  // The guard writes there who may send no more.
  moves: [/^\/var\/lib\/upkeep-mail\//],
  async isThere(host) {
    await eventually("alice sends nothing", async () => !(await sends(host, "alice")));
    assert.ok(await sends(host, "bob"), "others do");
  },
  async isChanged(host) {
    await eventually("alice sends again", () => sends(host, "alice"));
    assert.match((await host.upkeep("mail")).stdout, /acme {2}\d+ of 100,000 today/);
  },
  async isGone(host) {
    assert.ok(await sends(host, "alice"));
    assert.doesNotMatch((await host.upkeep("mail")).stdout, /acme/);
  },
});
