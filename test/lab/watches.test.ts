import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TestHost } from "../../lab/lab.ts";
import { eventually, openEstate, type TestEstate } from "./estate/estate.ts";
import { start } from "./pools/name-servers.ts";

describe("what is watched on one host counts on all", () => {
  let estate: TestEstate<"web1" | "web2">;
  let both: readonly TestHost[];
  let stolen: string;
  let lost: string;
  before(async () => {
    estate = await openEstate(["web1", "web2"]);
    const { control, hosts } = estate;
    both = [hosts.web1, hosts.web2];
    const makeKey = async (name: string) => {
      await control.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", `${name}@laptop`, "-f", `/root/${name}`);
      return (await control.must("ssh-keygen", "-l", "-f", `/root/${name}.pub`)).split(" ")[1]!;
    };
    [stolen, lost] = [await makeKey("stolen"), await makeKey("lost")];
    const [stolenKey, lostKey] = [
      await control.must("cat", "/root/stolen.pub"),
      await control.must("cat", "/root/lost.pub"),
    ];
    for (const host of both) {
      await host.must("useradd", "--create-home", "--shell=/bin/bash", "alice");
      const from = host === hosts.web1 ? 'from="203.0.113.0/24" ' : "";
      host.write("/home/alice/.ssh/authorized_keys", `${from}${stolenKey}${lostKey}`, 0o600);
      await host.must("chown", "--recursive", "alice:", "/home/alice/.ssh");
      await start(host, "ssh");
    }
    const { code, stdout, stderr } = await control.apply(
      "kind: KeyWatch\nname: ssh\nhosts: {labels: {role: web}}\nspec: {forbidden: revoke}\n",
    );
    assert.equal(code, 0, stdout + stderr);
    for (const host of both)
      await eventually("the guard runs", async () => (await host.upkeep("unban", "192.0.2.1")).code === 0);
  });
  after(() => estate?.close());

  const attempt = (host: TestHost, key: string) => {
    const options = ["-n", "-oBatchMode=yes", "-oStrictHostKeyChecking=no", "-oIdentitiesOnly=yes"];
    return estate.control.exec(["ssh", ...options, "-i", `/root/${key}`, `alice@${host.address}`, "true"]);
  };
  const signIn = async (host: TestHost, key: string) => (await attempt(host, key)).code === 0;
  const say = async (...args: string[]) => {
    const { code, stdout, stderr } = await estate.control.upkeep(...args);
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };

  test("who has shown which key, on whichever host", async () => {
    for (const host of both) {
      const { code, stderr } = await attempt(host, "lost");
      assert.equal(code, 0, `${host.name}: ${stderr}`);
    }
    await eventually("it is known", async () => (await say("keys", "who", lost)).match(/accepted from/g)?.length === 2);
    assert.match(await say("keys", "who", lost), /^web1 {2}alice {2}SHA256:\S+ {2}lost@laptop$/m);
    assert.match(await say("keys", "seen", "--host", "web2"), /^web2 {2}alice/m);
    assert.doesNotMatch(await say("keys", "seen", "--host", "web2"), /web1/);
  });

  test("a key that is revoked is revoked on every host within a second", async (context) => {
    const began = performance.now();
    assert.match(await say("keys", "revoke", lost, "--reason", "laptop lost"), /web2 +Done/);
    for (const host of both) assert.equal(await signIn(host, "lost"), false);
    context.diagnostic(`the command, and two who are turned away: ${Math.round(performance.now() - began)} ms`);
    await eventually("whoever tries is noted", async () => /key revoked +SHA256/.test(await say("events")));
    await say("keys", "restore", lost);
    for (const host of both) await eventually("it is good again", async () => signIn(host, "lost"));
  });

  test("one that is shown where it must not be is revoked on all hosts, with the control plane down", async (context) => {
    const [first, second] = both as [TestHost, TestHost];
    assert.equal(await signIn(second, "stolen"), true);
    const { control } = estate;
    await control.must("systemctl", "stop", "upkeep-server.socket", "upkeep-server");
    const began = performance.now();
    assert.equal(await signIn(first, "stolen"), false);
    await eventually("the other host takes it no longer", async () =>
      (await second.upkeep("events")).stdout.includes(`revoked        ${stolen}: web1: tried from`),
    );
    context.diagnostic(`after ${Math.round(performance.now() - began)} ms, as somebody sees it who asks all the time`);
    assert.equal(await signIn(second, "stolen"), false);
    await control.must("systemctl", "start", "upkeep-server.socket", "upkeep-server");
    await eventually("the control plane learns of it", async () => {
      const { stdout } = await control.upkeep("events", "--limit", "50");
      return (stdout.match(/ revoked +SHA256/g)?.length ?? 0) >= 2 && stdout.includes("key forbidden");
    });
    assert.match(await say("keys", "restore", stolen), /web1: takes it again\nweb2: takes it again/);
    assert.equal(await signIn(second, "stolen"), true);
  });

  test("a ban by hand, and its end, are for all hosts, or for one", async () => {
    assert.match(
      await say("ban", "192.0.2.99"),
      /web1: 192\.0\.2\.99 is kept out until .*\nweb2: 192\.0\.2\.99 is kept out/,
    );
    for (const host of both)
      assert.match(await host.must("nft", "list", "table", "inet", "upkeep_bans"), /192\.0\.2\.99/);
    await eventually("both say so", async () => (await say("bans")).match(/192\.0\.2\.99/g)?.length === 2);
    assert.match(await say("unban", "192.0.2.99", "--host", "web2"), /^web2: 192\.0\.2\.99 may come in again$/m);
    assert.match(await say("unban", "192.0.2.99"), /web1: .* may come in again\nweb2: .* was not banned/);
    const { code, stderr } = await estate.control.upkeep("unban", "192.0.2.99", "--host", "web3");
    assert.equal(code, 1);
    assert.match(stderr, /there is no host web3/);
  });
});
