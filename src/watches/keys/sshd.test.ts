import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Attempt, attemptSchema } from "../../model/key.ts";
import { openSshdReader } from "./sshd.ts";

const [good, stolen, other, authority] = ["g", "s", "o", "a"].map((letter) => `SHA256:${letter.repeat(43)}`) as [
  string,
  string,
  string,
  string,
];
const from = "for alice from 192.0.2.7 port 4022 ssh2";
const file = "/home/alice/.ssh/authorized_keys";

function read(...says: readonly string[]): Attempt[] {
  const reader = openSshdReader();
  return says.flatMap((text) => reader.read(`web1 sshd[81]: ${text}`, 1_000));
}
const outcomes = (all: readonly Attempt[]) => all.map(({ fingerprint, outcome }) => [fingerprint, outcome]);

/** Words of OpenSSH 9.2 and 10.0, as they stand in a journal. */
describe("of a key that somebody offers it is known what came of it", () => {
  test("it let them in", () => {
    const [attempt, ...none] = read(
      `Accepted key ED25519 ${good} found at ${file}:1`,
      `Postponed publickey ${from} [preauth]`,
      `Accepted key ED25519 ${good} found at ${file}:1`,
      `Accepted publickey ${from}: ED25519 ${good}`,
      "Disconnected from user alice 192.0.2.7 port 4022",
    );
    assert.deepEqual(none, []);
    assert.deepEqual(attempt, {
      at: 1_000,
      user: "alice",
      address: "192.0.2.7",
      type: "ED25519",
      fingerprint: good,
      outcome: "accepted",
      found: `${file}:1`,
    });
  });

  test("it is nobody's", () => {
    assert.deepEqual(outcomes(read(`Failed publickey ${from}: RSA ${other}`)), [[other, "unknown"]]);
  });

  test("it is right, but must not come from there", () => {
    const words = `${file}:2: Authentication tried for alice with correct key but not from a permitted host (host=192.0.2.7, ip=192.0.2.7, required=203.0.113.0/24).`;
    const [attempt] = read(words, "error: Refused by key options", `Failed publickey ${from}: ED25519 ${stolen}`);
    assert.deepEqual([attempt!.outcome, attempt!.found, attempt!.reason], ["forbidden", `${file}:2`, words]);
  });

  test("older servers do not say where it stands", () => {
    const words =
      "Authentication tried for alice with correct key but not from a permitted host (host=a, ip=192.0.2.7).";
    assert.deepEqual(outcomes(read(words, `Failed publickey ${from}: RSA ${stolen}`)), [[stolen, "forbidden"]]);
  });

  test("it is revoked", () => {
    const words = `error: Authentication key ED25519 ${stolen} revoked by file /var/lib/upkeep-keys/revoked`;
    assert.deepEqual(outcomes(read(words, `Failed publickey ${from}: ED25519 ${stolen}`)), [[stolen, "revoked"]]);
  });

  test("it would have let them in, and they went away", () => {
    const tried = [`Accepted key ED25519 ${good} found at ${file}:1`, `Postponed publickey ${from} [preauth]`];
    assert.deepEqual(
      outcomes(read(...tried, "Connection closed by authenticating user alice 192.0.2.7 port 4022 [preauth]")),
      [[good, "offered"]],
    );
    assert.deepEqual(outcomes(read(...tried, `Failed publickey ${from}: RSA ${other}`)), [
      [good, "offered"],
      [other, "unknown"],
    ]);
  });

  test("one of many: each for itself, and why one was refused is said of no other", () => {
    const all = read(
      `Failed publickey ${from}: ED25519 ${other}`,
      `${file}:2: Authentication tried for alice with correct key but not from a permitted host (host=h, ip=192.0.2.7, required=x).`,
      "error: Refused by key options",
      `Failed publickey ${from}: ED25519 ${stolen}`,
      `Failed publickey ${from}: ED25519 ${other}`,
      `Accepted key ED25519 ${good} found at ${file}:1`,
      `Accepted publickey ${from}: ED25519 ${good}`,
    );
    assert.deepEqual(outcomes(all), [
      [other, "unknown"],
      [stolen, "forbidden"],
      [other, "unknown"],
      [good, "accepted"],
    ]);
  });

  const certified = `ED25519-CERT ${good} ID alice-laptop (serial 7) CA ED25519 ${authority}`;
  for (const [what, words, outcome] of [
    [
      "let them in",
      `Accepted certificate ID "alice-laptop" (serial 7) signed by CA ED25519 ${authority} found at ${file}:4`,
      "accepted",
    ],
    ["is over", "error: Certificate invalid: expired", "expired"],
    ["is not good yet", "error: Certificate invalid: not yet valid", "expired"],
    ["is another's", "error: Certificate invalid: name is not a listed principal", "refused"],
    [
      "must not come from there",
      `${file}:4: Authentication tried for alice with valid certificate but not from a permitted source address (192.0.2.7).`,
      "forbidden",
    ],
  ] as const)
    test(`a certificate ${what}`, () => {
      const verb = outcome === "accepted" ? "Accepted" : "Failed";
      const [attempt] = read(words, `${verb} publickey ${from}: ${certified}`);
      assert.equal(attempt!.outcome, outcome);
      assert.deepEqual(attempt!.certificate, { id: "alice-laptop", serial: "7", authority });
    });

  test("what a certificate calls itself decides nothing", () => {
    const id = `x (serial 0) CA ED25519 ${good}`;
    const [attempt] = read(`Failed publickey ${from}: ED25519-CERT ${stolen} ID ${id} (serial 9) CA RSA ${authority}`);
    assert.deepEqual(attempt!.certificate, { id, serial: "9", authority });
    assert.equal(attempt!.fingerprint, stolen);
  });

  test("two connections at once are two", () => {
    const reader = openSshdReader();
    const lines = [
      `web1 sshd[1]: ${file}:2: Authentication tried for alice with correct key but not from a permitted host (host=h, ip=192.0.2.7, required=x).`,
      `web1 sshd-session[2]: Failed publickey ${from}: ED25519 ${other}`,
      `web1 sshd[1]: Failed publickey ${from}: ED25519 ${stolen}`,
    ];
    assert.deepEqual(outcomes(lines.flatMap((line) => reader.read(line, 0))), [
      [other, "unknown"],
      [stolen, "forbidden"],
    ]);
  });

  test("whatever is in a log, what is said of it can be checked", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(
              `Failed publickey ${from}: ED25519 ${other}`,
              `Accepted publickey ${from}: ${certified}`,
              `Accepted key ED25519 ${good} found at ${file}:1`,
              `Postponed publickey ${from}`,
              "error: Refused by key options",
              `Failed publickey for  from  port 1 ssh2: ED25519 ${other}`,
            ),
            fc.string({ unit: "binary" }),
          ),
        ),
        (says) => {
          for (const attempt of read(...says)) {
            const { success } = attemptSchema.safeParse(attempt);
            assert.ok(success || attempt.address === "", JSON.stringify(attempt));
          }
        },
      ),
    ));
});
