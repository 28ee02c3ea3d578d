import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Facts } from "../../model/facts.ts";
import { keyWatchConfigSchema, revokedKeySchema } from "../../model/key.ts";
import { defaultSettings } from "../../model/settings.ts";
import { declare } from "../declare.ts";
import { bareHost } from "../facts.fixture.ts";
import { kindNamed } from "../index.ts";
import { fingerprintOfName, nameOfFingerprint } from "../revoked-key/revoked-key.ts";

const fingerprint = "SHA256:uNiVztksCsDhcc0u9e8BrqXVl7YfjO8gkGzXkvZqkVc";
const include = "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n";
const host = (files: Readonly<Record<string, string>> = { "/etc/ssh/sshd_config": include }): Facts => ({
  ...bareHost,
  init: "systemd",
  packages: new Map([["openssh-server", "1:9.2p1"]]) as unknown as Facts["packages"],
  foreign: new Map(Object.entries(files)),
});

function rendered(yaml: string, facts = host()) {
  const { declared, problems } = declare([{ file: "a.yaml", text: yaml }], defaultSettings);
  assert.deepEqual(problems, []);
  const { resource } = declared[0]!;
  return kindNamed(resource.kind)!.render(resource, facts);
}
const contents = ({ items }: ReturnType<typeof rendered>) =>
  items.flatMap((item) => (item.type === "file" ? [[item.path, JSON.parse(item.content)] as const] : []));

describe("a KeyWatch", () => {
  test("says to the watch where sshd speaks, and what to do", () => {
    const watch = rendered(`kind: KeyWatch\nname: ssh\nspec: {forbidden: revoke, owners: {"${fingerprint}": Anna}}\n`);
    const [[path, config] = []] = contents(watch);
    assert.equal(path, "/etc/upkeep/keys/ssh.json");
    assert.deepEqual(keyWatchConfigSchema.parse(config), {
      name: "ssh",
      journal: ["SYSLOG_IDENTIFIER=sshd", "+", "SYSLOG_IDENTIFIER=sshd-session"],
      logs: [],
      forbidden: "revoke",
      owners: { [fingerprint]: "Anna" },
    });
  });

  test("reads a file where there is no journal", () => {
    const watch = rendered("kind: KeyWatch\nname: ssh\n", { ...host(), init: "none" });
    assert.deepEqual(contents(watch)[0]![1].logs, ["/var/log/auth.log"]);
  });

  for (const [what, files, says] of [
    [
      "sshd reads nothing beside its main file",
      { "/etc/ssh/sshd_config": "Port 22\n" },
      /does not begin with `Include/,
    ],
    [
      "somebody else says which keys are revoked",
      { "/etc/ssh/sshd_config": include, "/etc/ssh/sshd_config.d/mine.conf": "RevokedKeys /etc/ssh/mine\n" },
      /mine\.conf names \/etc\/ssh\/mine for revoked keys/,
    ],
  ] as const)
    test(`is refused in words where ${what}`, () =>
      assert.match(rendered("kind: KeyWatch\nname: ssh\n", host(files)).refused!, says));
});

describe("a RevokedKey", () => {
  test("is called by its fingerprint, and says why", () => {
    const key = rendered(`kind: RevokedKey\nname: ${fingerprint}\nspec: {reason: laptop stolen}\n`);
    const [[path, config] = []] = contents(key);
    assert.equal(path, `/etc/upkeep/revoked-keys/${nameOfFingerprint(fingerprint)}.json`);
    assert.deepEqual(revokedKeySchema.parse(config), { fingerprint, reason: "laptop stolen" });
  });

  test("has one name for each fingerprint, and back", () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const name = Buffer.from(bytes).toString("hex");
        assert.equal(nameOfFingerprint(fingerprintOfName(name)), name);
      }),
    ));

  test("is refused in words when it is called otherwise", () => {
    const { problems } = declare([{ file: "a.yaml", text: "kind: RevokedKey\nname: my-key\n" }], defaultSettings);
    assert.match(problems[0]!.message, /is no fingerprint; `ssh-keygen -lf KEY\.pub` prints it/);
  });
});
