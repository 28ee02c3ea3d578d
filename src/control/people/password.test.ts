import assert from "node:assert/strict";
import { argon2 } from "node:crypto";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { type DerivationCost, type DeriveKey, keepPasswords, recommendedCost } from "./password.ts";

/** Passwords, and what each derivation of a key was asked to cost. */
function counted(cost?: DerivationCost) {
  const derived: (DerivationCost & { readonly tagLength: number })[] = [];
  const derive: DeriveKey = (algorithm, { message, nonce, ...work }) => {
    derived.push(work);
    return promisify(argon2)(algorithm, { message, nonce, ...work });
  };
  return { passwords: keepPasswords(cost, derive), derived };
}

describe("a password", () => {
  it("is kept as Argon2id with what OWASP recommends, unless somebody says otherwise", async () => {
    const { passwords, derived } = counted();
    assert.match(await passwords.hash("correct horse"), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.deepEqual(derived, [{ ...recommendedCost, tagLength: 32 }]);
  });

  it("is right if it is the one that is kept, however its letters were typed", async () => {
    const { passwords } = counted({ memory: 8, passes: 1, parallelism: 1 });
    const kept = await passwords.hash("Käse und Brot");
    assert.equal(await passwords.isRight("Ka\u0308se und Brot", kept), true);
    assert.equal(await passwords.isRight("Kase und Brot", kept), false);
    assert.equal(await passwords.isRight("", kept), false);
  });

  it("that was kept at another cost is compared at that", async () => {
    const kept = await counted({ memory: 16, passes: 3, parallelism: 2 }).passwords.hash("correct horse");
    const { passwords, derived } = counted({ memory: 8, passes: 1, parallelism: 1 });
    assert.equal(await passwords.isRight("correct horse", kept), true);
    assert.deepEqual(derived, [{ memory: 16, passes: 3, parallelism: 2, tagLength: 32 }]);
  });

  it("of nobody costs the same work, and is never right", async () => {
    const { passwords, derived } = counted();
    const kept = await passwords.hash("correct horse");
    derived.length = 0;
    assert.equal(await passwords.isRight("wrong", kept), false);
    assert.equal(await passwords.isRight("wrong", undefined), false);
    assert.equal(derived.length, 2);
    assert.deepEqual(derived[0], derived[1]);
  });

  it("that is kept in another way is not taken for a wrong one", async () => {
    const { passwords } = counted();
    await assert.rejects(passwords.isRight("x", "$2b$10$C6UzMDM.H6dfI"), /kept in a way that is not understood/);
  });
});
