import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { agedCertificate } from "./aged-certificate.ts";
import { eventually } from "./estate/estate.ts";
import { start, stopAll } from "./pools/name-servers.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const received = "/root/received.jsonl";

let lab: Lab<"web1" | "laptop">;
let host: TestHost;
let laptop: TestHost;

interface Received {
  readonly isRight: boolean;
  readonly body: {
    readonly type: string;
    readonly data: { readonly host: string; readonly events: { says: string }[] };
  };
}

const mails = async () => (await host.exec(["cat", "/var/mail/ops"])).stdout.split(/^From /m).slice(1);
const webhooks = async (): Promise<readonly Received[]> =>
  (await laptop.exec(["cat", received])).stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Received);
const apply = async (yaml: string) => {
  const { code, stdout, stderr } = await host.apply(yaml);
  assert.equal(code, 0, stdout + stderr);
  return stdout;
};
const notification = (more = "") =>
  `kind: Notification\nname: operators\nspec:\n  mail: [ops@example.com]\n  every: 10s\n  webhook: {url: "http://${laptop.address}:8099/", secret: ${secret}}\n${more}`;
const signIn = (user: string) =>
  laptop.exec([
    "ssh",
    "-n",
    ...["BatchMode=yes", "StrictHostKeyChecking=no", "ConnectTimeout=30"].map((option) => `-o${option}`),
    "-i/root/key",
    `${user}@${host.address}`,
    "true",
  ]);

before(async () => {
  lab = await openLab({ web1: "apache2", laptop: "none" }, { packages: "full" });
  ({ web1: host, laptop } = lab.hosts);
  for (const each of [host, laptop]) await stopAll(each);
  host.write(
    "/etc/exim4/update-exim4.conf.conf",
    "dc_eximconfig_configtype='local'\ndc_other_hostnames='example.com'\ndc_local_interfaces='127.0.0.1 ; ::1'\ndc_use_split_config='false'\ndc_localdelivery='mail_spool'\n",
  );
  await host.must("update-exim4.conf");
  await host.must("systemctl", "stop", "exim4");
  await start(host, "exim4");
  await laptop.must("systemctl", "stop", "exim4");
  for (const user of ["ops", "alice"]) await host.must("useradd", "--create-home", "--shell=/bin/bash", user);
  await laptop.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "anna@laptop", "-f", "/root/key");
  host.write(
    "/home/alice/.ssh/authorized_keys",
    `from="203.0.113.0/24" ${await laptop.must("cat", "/root/key.pub")}`,
    0o600,
  );
  await host.must("chown", "--recursive", "alice:", "/home/alice/.ssh");
  await host.must("systemctl", "start", "ssh");
  await laptop.must(
    ...["systemd-run", "--quiet", "--unit=receiver", "/opt/upkeep/node_modules/.bin/node"],
    ...["/opt/upkeep/test/lab/notifications/receiver.ts", secret, received],
  );
  await apply(`kind: KeyWatch\nname: ssh\n---\n${notification()}`);
});
after(() => lab?.close());

describe("people are told of what happens on a host", () => {
  test("a test arrives both ways, signed", async () => {
    const { code, stdout, stderr } = await host.upkeep("notify", "test", "operators");
    assert.equal(code, 0, stdout + stderr);
    await eventually("the mail is there", async () => (await mails()).length === 1);
    assert.match((await mails())[0]!, /^Subject: \[web1\] a test of Upkeep's notifications$/m);
    await eventually("the webhook is there", async () => (await webhooks()).length === 1);
    const [first] = await webhooks();
    assert.deepEqual([first?.isRight, first?.body.type, first?.body.data.host], [true, "upkeep.test", "web1"]);
  });

  test("a right key from a forbidden address: they know within seconds", async (context) => {
    const began = performance.now();
    assert.notEqual((await signIn("alice")).code, 0);
    await eventually("the mail is there", async () => (await mails()).length === 2);
    context.diagnostic(`${Math.round(performance.now() - began)} ms from the attempt to the mail in the mailbox`);
    const mail = (await mails())[1]!;
    assert.match(mail.replaceAll("\n ", " "), /^Subject: \[web1\] key forbidden: SHA256:\S+ \(anna@laptop\) of alice/m);
    assert.match(
      mail.replaceAll("=\n", ""),
      new RegExp(`\\(anna@laptop\\) of alice, from ${laptop.address.replaceAll(".", "\\.")}`),
    );
    assert.match(mail, /^Auto-Submitted: auto-generated$/m);
    await eventually("the webhook is there", async () => (await webhooks()).length === 2);
    const last = (await webhooks()).at(-1)!;
    assert.ok(last.isRight);
    assert.match(last.body.data.events[0]!.says, /\(anna@laptop\) of alice/);
  });

  test("while the mail server is away the other way goes on; then the mail comes", async () => {
    const [before, hooks] = [(await mails()).length, (await webhooks()).length];
    await host.must("systemctl", "stop", "exim4");
    assert.notEqual((await signIn("alice")).code, 0);
    await eventually("the webhook is there", async () => (await webhooks()).length > hooks, 30_000);
    await eventually("it is said that the mail is not", async () =>
      /operators {2}mail to ops@example\.com .*ECONNREFUSED/.test((await host.upkeep("notify")).stdout),
    );
    assert.equal((await mails()).length, before);
    await start(host, "exim4");
    await eventually("the mail is there", async () => (await mails()).length > before, 45_000);
    await eventually("all is well", async () => !/ECONNREFUSED/.test((await host.upkeep("notify")).stdout));
  });

  test("what an apply has done is told, where that is wanted, by a sender without any rights", async () => {
    await apply(notification("  events: all\n"));
    const before = (await mails()).length;
    await apply("kind: Jail\nname: sshd\n");
    await eventually(
      "the mail is there",
      async () =>
        (await mails()).slice(before).some((mail) => /live: generation \d+: root: apply|live +generation/.test(mail)),
      30_000,
    );
    const user = (await host.must("id", "upkeep-notify")).trim();
    assert.match(user, /^uid=\d+\(upkeep-notify\) gid=\d+\(upkeep-notify\) groups=\d+\(upkeep-notify\)$/);
    assert.equal(
      (await host.must("stat", "--format=%a %U", "/etc/upkeep/notifications/operators.json")).trim(),
      "600 root",
    );
  });

  test("a site's certificate that ends soon, by a machine that belongs to no estate", async () => {
    // As Let's Encrypt's programs lay them down.
    const [kept, live] = ["/etc/letsencrypt/archive/tls.example.com", "/etc/letsencrypt/live/tls.example.com"];
    await host.must("mkdir", "--parents", "--mode=700", kept, live);
    await agedCertificate(host, { stem: `${kept}/tls`, name: "tls.example.com", daysLeft: 6 });
    await host.must("ln", "-s", `${kept}/tls.pem`, `${live}/fullchain.pem`);
    await host.must("ln", "-s", `${kept}/tls.key`, `${live}/privkey.pem`);
    await apply(
      `kind: Site\nname: tls.example.com\nspec: {tls: {certificate: ${live}/fullchain.pem, key: ${live}/privkey.pem}}\n`,
    );
    const before = (await mails()).length;
    // It is looked at when they start, and every hour.
    await host.must("systemctl", "restart", "upkeep-watches");
    await eventually(
      "the mail is there",
      async () =>
        (await mails())
          .slice(before)
          .some((mail) =>
            /tls\.example\.com: its certificate \S+\/fullchain\.pem ends/.test(mail.replaceAll("=\n", "")),
          ),
      30_000,
    );
  });

  test("neither a plan nor a list shows what it is signed with", async () => {
    for (const { stdout } of [
      await host.exec(
        ["/opt/upkeep/upkeep", "plan", "-"],
        notification("  every: 20s\n").replace("  every: 10s\n", ""),
      ),
      await host.upkeep("notify", "--json"),
    ]) {
      assert.match(stdout, /operators/);
      assert.doesNotMatch(stdout, /whsec_/);
    }
  });

  test("what reads logs is told of none of this, and complains of nothing", async () => {
    const said = await host.must("journalctl", "--unit=upkeep-watches", "--output=cat", "--no-pager");
    assert.match(said, /keeps out/);
    assert.doesNotMatch(said, /notifications\/operators/);
  });

  test("with the last of them, nobody is told of anything", async () => {
    assert.equal((await host.upkeep("delete", "Notification", "operators")).code, 0);
    await eventually("nobody is told any more", async () =>
      /Nobody is told of anything/.test((await host.upkeep("notify")).stdout),
    );
  });
});
