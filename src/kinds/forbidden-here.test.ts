import assert from "node:assert/strict";
import { test } from "node:test";
import { policySchema } from "../model/policy.ts";
import { formatProblem } from "../model/problem.ts";
import { defaultSettings } from "../model/settings.ts";
import { declare } from "./declare.ts";

const complaints = (policy: object, text: string): string[] => {
  const settings = { ...defaultSettings, policy: policySchema.parse(policy) };
  return declare([{ file: "estate.yaml", text }], settings).problems.map(formatProblem);
};

const keyPair = "tls: {certificate: /srv/a.pem, key: /etc/ssl/a.key}";
const site = (spec: string) => `kind: Site\nname: a.example\nspec:\n  ${spec}\n`;

test("what a host's policy does not allow is shown where it is stated", () => {
  const cases: readonly [policy: object, text: string, says: RegExp][] = [
    [
      { kinds: ["Site"] },
      "kind: Maintenance\nname: m\n",
      /estate\.yaml:1:7: Maintenance\/m: Maintenance is not allowed/,
    ],
    [{ accounts: { never: ["a-*"] } }, site("php: true"), /spec\.user: the account a-example is not allowed/],
    [
      { files: ["/etc/ssl"] },
      site(keyPair),
      /estate\.yaml:4:22: .*spec\.tls\.certificate: \/srv\/a\.pem is not allowed/,
    ],
    [
      { files: ["/etc/ssl"] },
      `kind: Maintenance\nname: m\nspec:\n  mode: redirect-port\n  ${keyPair}\n`,
      /estate\.yaml:5:22: .*spec\.tls\.certificate: \/srv\/a\.pem is not allowed/,
    ],
    [{ custom: false }, site("custom: ['# x', '# y']"), /estate\.yaml:4:11: .*spec\.custom: a raw server line/],
  ];
  for (const [policy, text, says] of cases) {
    const found = complaints(policy, text);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0]!, says);
    assert.deepEqual(complaints({}, text), []);
  }
});
