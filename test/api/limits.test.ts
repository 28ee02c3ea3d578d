import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openTestEstate, type TestEstate } from "./estate.ts";

describe("whoever asks too often is told to wait", () => {
  let estate: TestEstate;
  beforeEach(async () => {
    estate = await openTestEstate();
  });
  afterEach(() => estate.close());
  const times = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

  it("who guesses tokens, soon; others go on", async () => {
    const guesser = estate.browser();
    guesser.token = "upkeep_guessed";
    const operator = await estate.as("op@example.com", { isOperator: true });
    const answers = await times(100, () => guesser.get("/v1/me"));
    const statuses = new Map(
      [401, 429].map((status) => [status, answers.filter((each) => each.status === status).length]),
    );
    assert.ok(statuses.get(401)! < 70 && statuses.get(429)! > 30, JSON.stringify([...statuses]));
    const waiting = answers.find(({ status }) => status === 429)!;
    assert.match(waiting.headers.get("retry-after")!, /^\d+$/);
    assert.equal(waiting.body.type, "urn:upkeep:problem:too-many");
    assert.equal((await operator.get("/v1/me")).status, 200);
  });

  it("a program with a token, far later, and each by itself", async () => {
    const operator = await estate.as("op@example.com", { isOperator: true });
    const [one, other] = [estate.browser(), estate.browser()];
    for (const program of [one, other])
      program.token = (await operator.ask("POST", "/v1/me/tokens", { name: "ci" })).body.secret;
    estate.stands = Date.now();
    const statuses = (await times(450, () => one.get("/v1/me"))).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 400);
    assert.equal(statuses.filter((status) => status === 429).length, 50);
    assert.equal((await other.get("/v1/me")).status, 200);
    estate.ahead += 2_000;
    assert.equal((await one.get("/v1/me")).status, 200);
  });
});
