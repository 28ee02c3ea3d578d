import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import type { Condition } from "../../src/model/condition.ts";
import { eventually } from "./estate/estate.ts";
import { start } from "./pools/name-servers.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const received = "/root/received.jsonl";
const dropIn = "/etc/systemd/system/upkeep-watches.service.d/broken.conf";

interface Status {
  readonly troubles: readonly Condition[];
  readonly processes: readonly { readonly name: string; readonly trouble?: string }[];
}

let lab: Lab<"web1">;
let host: TestHost;

const status = async (): Promise<Status & { readonly code: number }> => {
  const { code, stdout } = await host.upkeep("status", "--json");
  return { code, ...(JSON.parse(stdout) as Status) };
};
const failed = async () => (await status()).troubles.map(({ ref }) => ref);
const whyFailed = async (ref: string) => (await status()).troubles.find((each) => each.ref === ref)?.message ?? "";
let lastWhy = "";
/** Waits until a record has failed for this reason. */
const failsBecause = (ref: string, reason: RegExp, milliseconds = 30_000) =>
  eventually(
    `${ref} has failed: ${reason}`,
    async () => {
      lastWhy = await whyFailed(ref);
      return reason.test(lastWhy);
    },
    milliseconds,
    () => `but: ${lastWhy}`,
  );
const events = async () => (await host.upkeep("events", "--limit", "200")).stdout;
const countOf = async (pattern: RegExp) => (await events()).match(pattern)?.length ?? 0;
const webhooks = async () => (await host.exec(["cat", received])).stdout;
const apply = async (yaml: string) => {
  const { code, stdout, stderr } = await host.apply(yaml);
  assert.equal(code, 0, stdout + stderr);
};
const restart = async () => {
  await host.must("systemctl", "daemon-reload");
  await host.must("systemctl", "restart", "upkeep-watches");
};
const breakUnit = async (lines: string) => {
  host.write(dropIn, `[Service]\n${lines}`);
  await restart();
};
/** Also after a test that has failed halfway: the next one starts on a host that is well. */
const repairUnit = async () => {
  if ((await host.exec(["test", "-e", dropIn])).code !== 0) return;
  await host.must("rm", dropIn);
  await restart();
};
let lastTroubles = "";
const allIsWell = () =>
  eventually(
    "all is well",
    async () => {
      const { code, troubles, processes } = await status();
      lastTroubles = JSON.stringify([troubles, processes.filter(({ trouble }) => trouble !== undefined)]);
      return code === 0;
    },
    60_000,
    () => lastTroubles,
  );
const remove = async (kind: string, name: string) => {
  const { code, stdout, stderr } = await host.upkeep("delete", kind, name);
  assert.equal(code, 0, stdout + stderr);
};
/** The newest event of what works again comes when it has done so for a while. */
const recovers = async (before: number) =>
  eventually("an event says that it works again", async () => (await countOf(/ recovered /g)) > before, 120_000);

/** Moves a program away. Returns what brings it back. */
async function takeAway(program: string): Promise<() => Promise<void>> {
  const path = (await host.must("which", program)).trim();
  await host.must("mv", path, `${path}.away`);
  return async () => {
    await host.exec(["mv", "--no-clobber", `${path}.away`, path]);
  };
}

const jail = (name: string, more = "") =>
  `kind: Jail\nname: ${name}\nspec: {filter: {failregex: ["^ bad <ADDR>$"]}, logs: [/var/log/${name}.log]${more}}\n`;

before(async () => {
  lab = await openLab({ web1: "apache2" });
  host = lab.hosts.web1;
  await start(host, "ssh");
  await host.must(
    ...["systemd-run", "--quiet", "--unit=receiver", "/opt/upkeep/node_modules/.bin/node"],
    ...["/opt/upkeep/test/lab/notifications/receiver.ts", secret, received],
  );
  await apply(
    `kind: KeyWatch\nname: ssh\n---\n${jail("app")}---\nkind: Notification\nname: ops\nspec: {every: 10s, webhook: {url: "http://127.0.0.1:8099/", secret: ${secret}}}\n`,
  );
});
after(() => lab?.close());

describe("what dies again and again is seen", () => {
  test("at first all is well, and `status` says so", async () => {
    const { code, stdout } = await host.upkeep("status");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /3 {2}3 applied/);
    assert.match(stdout, /Upkeep +its own services are well/);
  });

  test("a reader that may not become somebody else: records fail, with its words, until it may again", async (t) => {
    const before = await countOf(/ recovered /g);
    t.after(repairUnit);
    await breakUnit("CapabilityBoundingSet=~CAP_SETUID\n");
    await eventually("they have failed", async () => (await failed()).includes("Jail/app"));
    const shown = await host.upkeep("status");
    assert.equal(shown.code, 3);
    assert.match(
      shown.stdout,
      /Failed KeyWatch\/ssh\n {2}the reader of logs .*again and again: .*setpriv: .*Operation not permitted/,
    );
    assert.match((await host.upkeep("get")).stdout, /^Jail\/app +Failed/m);
    assert.match((await host.upkeep("metrics")).stdout, /upkeep_resources\{condition="Failed"\} 2/);
    const keys = await host.upkeep("keys");
    assert.doesNotMatch(keys.stdout, /No key has been seen yet/);
    assert.match(keys.stderr + keys.stdout, /KeyWatch\/ssh.*setpriv/);
    await eventually("an event says it", async () =>
      / failing +the reader of logs .*setpriv.*\(KeyWatch\/ssh, Jail\/app\)|failing +the reader.*\(Jail\/app, KeyWatch\/ssh\)/.test(
        await events(),
      ),
    );
    await repairUnit();
    await allIsWell();
    await recovers(before);
    await eventually("people hear of both", async () => /failing[\s\S]*recovered/.test(await webhooks()), 60_000);
    assert.equal(await countOf(/ failing +the reader of logs and addresses: ends/g), 1, "told once");
  });

  test("an apply waits for the first word, and is taken back with the reader's reason; others' changes are not held up", async (t) => {
    t.after(repairUnit);
    const [failing, recovered] = [await countOf(/ failing /g), await countOf(/ recovered /g)];
    await breakUnit("CapabilityBoundingSet=~CAP_SETUID\n");
    await eventually("it has failed", async () => (await failed()).includes("Jail/app"));
    const { code, stdout } = await host.apply(jail("other"));
    assert.equal(code, 1, stdout);
    assert.match(stdout, /Taken back[\s\S]*Jail\/other does not begin its work: the reader of logs .*setpriv/);
    assert.equal((await host.exec(["test", "-e", "/etc/upkeep/jails/other.json"])).code, 1);
    await apply("kind: Site\nname: shop.example.com\n");
    await repairUnit();
    await eventually("it is looked at again", async () => !(await failed()).includes("Jail/app"));
    assert.deepEqual(await failed(), ["Jail/other"], "which has been taken back");
    await apply(jail("other"));
    await allIsWell();
    await remove("Jail", "other");
    // The next trouble is one of its own only when people have heard that this one is over.
    if ((await countOf(/ failing /g)) > failing) await recovers(recovered);
  });

  test("a jail whose filter cannot be read is taken back, in the reader's words", async () => {
    const { code, stdout } = await host.apply(
      "kind: Jail\nname: odd\nspec: {filter: no-such-filter, logs: [/var/log/odd.log]}\n",
    );
    assert.equal(code, 1, stdout);
    assert.match(stdout, /Jail\/odd does not begin its work: .*no-such-filter/);
    await remove("Jail", "odd");
    await allIsWell();
  });

  test("a reader that is killed once is a line in the log; one that is killed again and again is told of", async () => {
    const [failing, recovered] = [await countOf(/ failing /g), await countOf(/ recovered /g)];
    const killReader = () => host.must("pkill", "--signal", "KILL", "--full", "watch --eyes");
    await killReader();
    await allIsWell();
    assert.equal(await countOf(/ failing /g), failing);
    for (let round = 0; round < 4; round++)
      await eventually(
        "it is killed",
        async () => (await host.exec(["pkill", "-KILL", "--full", "watch --eyes"])).code === 0,
      );
    await failsBecause("Jail/app", /ends again and again: it was ended by SIGKILL/);
    await eventually("an event says it", async () => (await countOf(/ failing /g)) === failing + 1);
    await eventually("people hear of it at once", async () => /SIGKILL/.test(await webhooks()));
    await allIsWell();
    await recovers(recovered);
  });

  test("a directory that became read-only: the list of revoked keys", async (t) => {
    const directory = (await host.must("sh", "-c", "dirname $(sshd -T | sed -n 's/^revokedkeys //p')")).trim();
    t.after(() => host.exec(["sh", "-c", 'mountpoint --quiet "$0" && umount "$0"', directory]));
    await host.must("mount", "--bind", directory, directory);
    await host.must("mount", "-o", "remount,bind,ro", directory);
    await restart();
    const revoked = await host.upkeep("keys", "revoke", `SHA256:${"A".repeat(43)}`, "--reason", "lost");
    assert.equal(revoked.code, 1, revoked.stdout);
    assert.match(
      revoked.stdout,
      /Taken back[\s\S]*the list of revoked keys, which sshd looks at, cannot be written: .*(EROFS|read-only)/i,
    );
    await host.must("umount", directory);
    await restart();
    const again = await host.upkeep("keys", "revoke", `SHA256:${"A".repeat(43)}`, "--reason", "lost");
    assert.equal(again.code, 0, again.stdout + again.stderr);
    await allIsWell();
  });

  for (const { whose, directory, says } of [
    { whose: "the reader", directory: "/var/lib/upkeep-watch", says: /full|ENOSPC|no space/i },
    { whose: "the guard", directory: "/var/lib/upkeep", says: /full|ENOSPC|no space/i },
  ])
    test(`a full disk under ${whose}: it is seen, who fails is banned all the same, and nothing counts twice`, async (t) => {
      const address = whose === "the guard" ? "203.0.113.8" : "203.0.113.7";
      const isKeptOut = async () =>
        (await host.exec(["nft", "list", "table", "inet", "upkeep_bans"])).stdout.includes(address);
      t.after(async () => {
        await host.exec(["systemctl", "stop", "upkeep-watches"]);
        await host.exec(["sh", "-c", 'mountpoint --quiet "$0" && umount --lazy "$0"', directory]);
        await host.must("systemctl", "start", "upkeep-watches");
        await allIsWell();
      });
      await host.must("systemctl", "stop", "upkeep-watches");
      await host.must(
        ...["sh", "-ec"],
        'cp --archive "$0" /root/kept; mount -t tmpfs -o size=8m tmpfs "$0"; cp --archive --no-target-directory /root/kept "$0"; rm -r /root/kept',
        directory,
      );
      await host.must("systemctl", "start", "upkeep-watches");
      await allIsWell();
      await host.exec(["dd", "if=/dev/zero", `of=${directory}/fill`, "bs=4k"]);
      assert.match((await host.upkeep("get")).stdout, /Jail\/app/);
      const fails = (times: number) =>
        host.must(
          ...[
            "sh",
            "-c",
            `for n in $(seq ${times}); do echo "$(date --iso-8601=seconds) bad ${address}"; done >> /var/log/app.log`,
          ],
        );
      await fails(4);
      // The guard has nothing to write before there is a ban.
      if (whose === "the reader") await failsBecause("Jail/app", says);
      assert.equal(await isKeptOut(), false);
      await fails(1);
      await failsBecause("Jail/app", says);
      await eventually("the ban is in effect", isKeptOut);
      await host.must("rm", `${directory}/fill`);
      await allIsWell();
      await host.must("systemctl", "restart", "upkeep-watches");
      await allIsWell();
      assert.match((await host.upkeep("bans")).stdout, new RegExp(address));
      assert.equal(await isKeptOut(), true);
      assert.equal((await host.upkeep("unban", address)).code, 0);
      assert.equal(await isKeptOut(), false);
    });

  test("what others take away is there again: the table of the packet filter, the list of revoked keys", async () => {
    const table = async () => (await host.exec(["nft", "list", "table", "inet", "upkeep_bans"])).stdout;
    const banned = async (address: string) => (await table()).includes(address);
    assert.equal((await host.upkeep("ban", "203.0.113.20", "--for", "1h", "--reason", "test")).code, 0);
    await host.must("nft", "flush", "ruleset");
    assert.equal((await host.upkeep("ban", "203.0.113.21", "--for", "1h", "--reason", "test")).code, 0);
    assert.ok((await banned("203.0.113.20")) && (await banned("203.0.113.21")), await table());
    await host.must("nft", "flush", "ruleset");
    await eventually("those who were banned are again", () => banned("203.0.113.20"));
    for (const address of ["203.0.113.20", "203.0.113.21"]) await host.upkeep("unban", address);
    const list = (await host.must("sh", "-c", "sshd -T | sed -n 's/^revokedkeys //p'")).trim();
    await host.must("rm", list);
    await eventually("the list is there", async () => (await host.exec(["test", "-s", list])).code === 0);
    await allIsWell();
  });

  for (const { program, kill, record, well, says } of [
    {
      program: "journalctl",
      kill: ["pkill", "-x", "journalctl"],
      record: "KeyWatch/ssh",
      well: "Jail/app",
      says: /journalctl/,
    },
    {
      program: "nft",
      kill: ["systemctl", "restart", "upkeep-watches"],
      record: "Jail/app",
      well: "KeyWatch/ssh",
      says: /nft: no such program/,
    },
  ] as const)
    test(`a program that has gone: ${program}`, async (t) => {
      const recovered = await countOf(/ recovered /g);
      const back = await takeAway(program);
      t.after(back);
      await host.exec([...kill]);
      await failsBecause(record, says);
      assert.ok(!(await failed()).includes(well), "and what does not need it has not");
      await eventually("an event says it", async () => says.test(await events()));
      await back();
      await allIsWell();
      await recovers(recovered);
    });

  test("a program that has gone: setpriv, so that nothing can be looked at and nobody told", async (t) => {
    const back = await takeAway("setpriv");
    t.after(back);
    await host.must("pkill", "-KILL", "--full", "watch --eyes");
    await failsBecause("KeyWatch/ssh", /setpriv/);
    await failsBecause("Notification/ops", /setpriv/, 60_000);
    assert.match((await host.upkeep("notify")).stderr, /Failed Notification\/ops/);
    await back();
    await allIsWell();
  });

  test("a guard that was killed, and is just being started again, is waited for", async () => {
    await host.must("sh", "-c", "kill -KILL $(systemctl show --property=MainPID --value upkeep-watches)");
    const { code, stdout } = await host.upkeep("status");
    assert.equal(code, 0, stdout);
    await allIsWell();
  });

  test("systemd that does not answer: nothing is said to be well", async (t) => {
    t.after(() => host.exec(["sh", "-c", "mountpoint --quiet /usr/bin/systemctl && umount /usr/bin/systemctl"]));
    await host.must("mount", "--bind", "/bin/false", "/usr/bin/systemctl");
    const { code, stdout } = await host.upkeep("status");
    assert.equal(code, 3);
    assert.match(stdout, /its own services: systemd does not say how they fare/);
    await eventually(
      "an event says it",
      async () => /failing +Upkeep's own services: systemd does not say/.test(await events()),
      60_000,
    );
    await host.must("umount", "/usr/bin/systemctl");
    await allIsWell();
  });

  test("a guard that does not come to life: `status` says so with systemd's words, and does not wait", async (t) => {
    t.after(repairUnit);
    await breakUnit('ExecStart=\nExecStart=/bin/sh -c "echo no memory left >&2; exit 3"\n').catch(() => {});
    await eventually("everything has failed", async () => (await failed()).includes("Notification/ops"));
    const { code, stdout } = await host.upkeep("status");
    assert.equal(code, 3);
    assert.match(
      stdout,
      /upkeep-watches ends again and again, \d+ times within 5 minutes( \(exit-code, 3\))?: no memory left/,
    );
    assert.match(stdout, /Failed KeyWatch\/ssh\n {2}what watches this machine \(upkeep-watches\) ends again and again/);
    const asked = await host.upkeep("notify", "test", "ops");
    assert.match(asked.stderr, /upkeep-watches\) ends again and again/);
    const change = await host.apply(jail("other"));
    assert.equal(change.code, 1);
    assert.match(change.stdout, /Jail\/other does not begin its work: what watches this machine/);
    await repairUnit();
    await remove("Jail", "other");
    await allIsWell();
  });

  test("a service of Upkeep's that others live by", async (t) => {
    await apply("kind: Site\nname: logs.example.com\nspec: {logs: shared}\n");
    await allIsWell();
    const unit = "/etc/systemd/system/upkeep-logs.service.d/broken.conf";
    t.after(() => host.exec(["rm", "-f", unit]));
    host.write(unit, "[Service]\nExecStart=\nExecStart=/bin/false\n");
    await host.must("systemctl", "daemon-reload");
    await host.exec(["systemctl", "restart", "upkeep-logs"]);
    await failsBecause("Site/logs.example.com", /its access log is not written: upkeep-logs ends again and again/);
    await eventually(
      "an event says it",
      async () => /failing +Upkeep's service upkeep-logs/.test(await events()),
      60_000,
    );
    await host.must("rm", unit);
    await host.must("systemctl", "daemon-reload");
    await host.must("systemctl", "restart", "upkeep-logs");
    await allIsWell();
  });

  test("a reader that hangs is told of, ended and started again", async (t) => {
    // A host of its own: what comes after other troubles may be the same one to people, who have not heard that those are over.
    const fresh = await openLab({ web1: "none" });
    t.after(() => fresh.close());
    host = fresh.hosts.web1;
    await apply(jail("app"));
    await host.must("pkill", "--signal", "STOP", "--full", "watch --eyes");
    await eventually(
      "an event says it",
      async () => / failing +the reader of logs .*has not answered for 30 s/.test(await events()),
      60_000,
    );
    await allIsWell();
    await recovers(0);
  });
});
