import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";

interface Use {
  readonly user: string;
  readonly fingerprint: string;
  readonly comment?: string;
  readonly outcome: string;
  readonly address: string;
  readonly accepted: number;
  readonly refused: number;
}

let lab: Lab<"web1" | "laptop">;
let host: TestHost;
let laptop: TestHost;

/** Keys on the laptop, and what they are called in the tests. */
const names = ["work", "old", "stolen", "spare", "stranger", "authority", "badge"] as const;
type Name = (typeof names)[number];
const fingerprints = {} as Record<Name, string>;

const keyFile = (name: Name) => `/root/keys/${name}`;
const publicKey = (name: Name) => laptop.must("cat", `${keyFile(name)}.pub`);

/** Signs in with these keys, offered in that order, and no others. Returns whether one was good. */
async function signIn(user: string, ...keys: readonly Name[]): Promise<boolean> {
  const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "IdentitiesOnly=yes", "ConnectTimeout=30"];
  const identities = keys.flatMap((name) => ["-i", keyFile(name)]);
  return (
    (
      await laptop.exec([
        "ssh",
        "-n",
        ...options.map((option) => `-o${option}`),
        ...identities,
        `${user}@${host.address}`,
        "true",
      ])
    ).code === 0
  );
}
const seen = async (): Promise<readonly Use[]> =>
  JSON.parse((await host.upkeep("keys", "seen", "--json")).stdout || "[]");
const useOf = async (user: string, name: Name) =>
  (await seen()).find((use) => use.user === user && use.fingerprint === fingerprints[name]);
const noted = (user: string, name: Name, outcome: string) =>
  eventually(`${name} of ${user} is noted as ${outcome}`, async () => (await useOf(user, name))?.outcome === outcome);
const apply = async (yaml: string) => {
  const { code, stdout, stderr } = await host.apply(yaml);
  assert.equal(code, 0, stdout + stderr);
};
const watch = (spec = "{}") => `kind: KeyWatch\nname: ssh\nspec: ${spec}\n`;

before(async () => {
  lab = await openLab({ web1: "none", laptop: "none" });
  ({ web1: host, laptop } = lab.hosts);
  await laptop.must("mkdir", "--parents", "/root/keys");
  for (const name of names) {
    await laptop.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", `${name}@laptop`, "-f", keyFile(name));
    fingerprints[name] = (await laptop.must("ssh-keygen", "-l", "-f", `${keyFile(name)}.pub`)).split(" ")[1]!;
  }
  for (const user of ["alice", "bob"]) await host.must("useradd", "--create-home", "--shell=/bin/bash", user);
  const allowed = [
    await publicKey("work"),
    `from="203.0.113.0/24" ${await publicKey("stolen")}`,
    await publicKey("old"),
    `cert-authority ${await publicKey("authority")}`,
  ];
  host.write("/home/alice/.ssh/authorized_keys", allowed.join(""), 0o600);
  host.write("/home/bob/.ssh/authorized_keys", `${await publicKey("old")}${await publicKey("spare")}`, 0o600);
  for (const user of ["alice", "bob"]) await host.must("chown", "--recursive", `${user}:`, `/home/${user}/.ssh`);
  await host.must("systemctl", "start", "ssh");
  // OpenSSH 9.8 and later turn an address away for a while that has failed often: here one tries all that can fail.
  if (!/^persourcepenalties /m.test(await host.must("sshd", "-T"))) return;
  host.write("/etc/ssh/sshd_config.d/no-penalties.conf", "PerSourcePenalties no\n");
  await host.must("systemctl", "restart", "ssh");
});
after(() => lab.close());

describe("which key was it?", () => {
  test("one resource has sshd say it, without a connection being lost", async () => {
    const connection = laptop.exec(
      [
        "ssh",
        "-oBatchMode=yes",
        "-oStrictHostKeyChecking=no",
        "-i",
        keyFile("work"),
        `alice@${host.address}`,
        "read line && echo $line",
      ],
      "still here\n",
    );
    await apply(watch());
    assert.equal((await connection).stdout.trim(), "still here");
    await eventually("somebody looks", async () => (await host.exec(["pgrep", "--full", "watch --eyes"])).code === 0);
  });

  test("one that lets somebody in, with what stands beside it", async () => {
    assert.equal(await signIn("alice", "work"), true);
    await noted("alice", "work", "accepted");
    const use = await useOf("alice", "work");
    assert.deepEqual([use?.comment, use?.address], ["work@laptop", laptop.address]);
  });

  test("a right one from a forbidden address, and the event of it", async () => {
    assert.equal(await signIn("alice", "stolen"), false);
    await noted("alice", "stolen", "forbidden");
    assert.equal((await useOf("alice", "stolen"))?.comment, "stolen@laptop");
    const events = (await host.upkeep("events")).stdout;
    const says = `key forbidden  ${fingerprints.stolen} (stolen@laptop) of alice, from ${laptop.address}`;
    assert.ok(events.includes(says), events);
  });

  test("each of many that an agent offers, in order; the same for two accounts is two", async () => {
    assert.equal(await signIn("alice", "stranger", "spare", "stolen", "old"), true);
    await noted("alice", "old", "accepted");
    assert.equal((await useOf("alice", "stranger"))?.outcome, undefined, "nobody's key is nothing to remember");
    const all = JSON.parse((await host.upkeep("keys", "seen", "--all", "--json")).stdout) as Use[];
    const latest = all.slice(0, 4).map(({ fingerprint, outcome }) => [fingerprint, outcome]);
    assert.deepEqual(latest.reverse(), [
      [fingerprints.stranger, "unknown"],
      [fingerprints.spare, "unknown"],
      [fingerprints.stolen, "forbidden"],
      [fingerprints.old, "accepted"],
    ]);
    assert.equal(await signIn("bob", "old"), true);
    await noted("bob", "old", "accepted");
    assert.equal((await useOf("alice", "old"))?.accepted, 1);
  });

  test("a certificate, and one that is over", async () => {
    const certify = (...more: string[]) =>
      laptop.must(
        "ssh-keygen",
        "-q",
        "-s",
        keyFile("authority"),
        "-I",
        "anna",
        "-n",
        "alice",
        ...more,
        `${keyFile("badge")}.pub`,
      );
    await certify("-V", "+1h");
    assert.equal(await signIn("alice", "badge"), true);
    await noted("alice", "badge", "accepted");
    assert.equal((await useOf("alice", "badge"))?.comment, "anna");
    await certify("-V", "-2h:-1h");
    assert.equal(await signIn("alice", "badge"), false);
    await noted("alice", "badge", "expired");
    await laptop.must("rm", `${keyFile("badge")}-cert.pub`);
  });

  test("whose it is and whom it lets in", async () => {
    const { code, stdout } = await host.upkeep("keys", "who", fingerprints.old);
    assert.equal(code, 0);
    assert.match(stdout, /lets in alice +\/home\/alice\/\.ssh\/authorized_keys:3 +old@laptop/);
    assert.match(stdout, /lets in bob +\/home\/bob\/\.ssh\/authorized_keys:1 +old@laptop/);
    assert.equal((await host.upkeep("keys", "who", fingerprints.stranger)).code, 1);
    host.write("/root/key.pub", await publicKey("spare"));
    assert.match((await host.upkeep("keys", "who", "/root/key.pub")).stdout, /lets in bob/);
  });
});

describe("a key that is revoked", () => {
  test("lets nobody in from the moment on that this is said, in no account, and whoever tries is noted", async () => {
    const { code, stdout, stderr } = await host.upkeep("keys", "revoke", fingerprints.old, "--reason", "left the team");
    assert.equal(code, 0, stdout + stderr);
    for (const user of ["alice", "bob"]) assert.equal(await signIn(user, "old"), false, user);
    assert.equal(await signIn("bob", "old", "spare"), true, "others still do");
    await noted("bob", "old", "revoked");
    assert.match((await host.upkeep("events")).stdout, /key revoked +SHA256:\S+ \(old@laptop\) of bob, from/);
  });

  test("is a record like any other, and good again when that goes", async () => {
    assert.match((await host.upkeep("get", "RevokedKey")).stdout, /RevokedKey\/[0-9a-f]{64} +Applied/);
    assert.equal((await host.upkeep("plan")).code, 0);
    const { code, stdout } = await host.upkeep("keys", "restore", fingerprints.old);
    assert.equal(code, 0, stdout);
    assert.equal(await signIn("alice", "old"), true);
  });

  test("by itself, where that is wanted: the moment it is shown where it must not be", async () => {
    host.write("/home/bob/.ssh/authorized_keys", `${await publicKey("spare")}${await publicKey("stolen")}`, 0o600);
    assert.equal(await signIn("bob", "stolen"), true);
    await apply(watch(`{forbidden: revoke, owners: {"${fingerprints.stolen}": Anna}}`));
    assert.equal(await signIn("alice", "stolen"), false);
    await eventually("it is good for nothing any more", async () => !(await signIn("bob", "stolen")));
    assert.match((await host.upkeep("events")).stdout, /key forbidden +SHA256:\S+ \(Anna\) of alice/);
    assert.equal((await host.upkeep("keys", "restore", fingerprints.stolen)).code, 0);
    assert.equal(await signIn("bob", "stolen"), true);
  });
});

describe("whatever happens", () => {
  test("sshd does not wait for it: with all of it stopped or killed, people come in, and nothing is missed", async () => {
    await host.must("systemctl", "stop", "upkeep-watches");
    assert.equal(await signIn("bob", "spare"), true);
    const before = (await useOf("bob", "spare"))!.accepted;
    await host.must("systemctl", "start", "upkeep-watches");
    await eventually("it reads what it has missed", async () => (await useOf("bob", "spare"))!.accepted === before + 1);
    await host.must("pkill", "--signal=KILL", "--full", "watch --eyes");
    assert.equal(await signIn("bob", "spare"), true);
    await eventually("once, and only once", async () => (await useOf("bob", "spare"))!.accepted === before + 2);
  });

  test("what is no fingerprint, no key, or no list of ours is refused in words", async () => {
    for (const [given, says] of [
      ["SHA256:abc", /no fingerprint/],
      ["/etc/hostname", /no public key in it/],
      ["/nowhere", /neither a fingerprint .* nor a file/],
    ] as const) {
      const { code, stderr } = await host.upkeep("keys", "revoke", given);
      assert.equal(code, 1);
      assert.match(stderr, says);
    }
    host.write("/etc/ssh/sshd_config.d/mine.conf", "RevokedKeys /etc/ssh/mine\n");
    host.write("/etc/ssh/mine", "");
    const { code, stdout } = await host.apply(watch("{forbidden: tell}"));
    assert.notEqual(code, 0);
    assert.match(stdout, /mine\.conf names \/etc\/ssh\/mine for revoked keys/);
    await host.must("rm", "/etc/ssh/sshd_config.d/mine.conf");
  });

  test("with the last of it everything goes, and keys are as they were", async () => {
    const { code, stdout, stderr } = await host.upkeep("delete", "KeyWatch", "ssh");
    assert.equal(code, 0, stdout + stderr);
    assert.equal(
      (await host.exec(["ls", "/etc/ssh/sshd_config.d", "/var/lib/upkeep-keys"])).stdout.includes("upkeep"),
      false,
    );
    assert.equal((await host.exec(["systemctl", "is-active", "upkeep-watches"])).stdout.trim(), "inactive");
    assert.equal(await signIn("alice", "work"), true);
    assert.doesNotMatch(await host.must("sshd", "-T"), /loglevel VERBOSE/i);
  });
});
