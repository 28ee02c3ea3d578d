import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { loadAll } from "js-yaml";
import { told, visitor } from "./browser.ts";

const { origin } = new URL(told().link);

/** What would run if it were taken for anything but text, wherever it stands. */
const words = `"'></textarea><img src=x onerror=alarm()><script>alarm()</script>`;

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
}

/** A spec for each place in which a text can stand, with the words there. */
function* specs(schema: Schema): Generator<unknown> {
  if (schema.type === "string" || (Array.isArray(schema.type) && schema.type.includes("string"))) yield words;
  for (const each of schema.anyOf ?? []) yield* specs(each);
  for (const [name, field] of Object.entries(schema.properties ?? {}))
    for (const value of specs(field)) yield { [name]: value };
  for (const value of schema.items ? specs(schema.items) : []) yield [value];
  if (typeof schema.additionalProperties !== "object") return;
  yield { [words]: "x" };
  for (const value of specs(schema.additionalProperties)) yield { x: value };
}

/** What a case of a kind states, to put one more field into. */
function exampleOf(kind: string): Record<string, unknown> {
  const kinds = "/opt/upkeep/src/kinds";
  const files = globSync(`${kinds}/*/cases/*.yaml`).sort();
  const all = files.flatMap((file) => loadAll(readFileSync(file, "utf8")) as { kind?: string; spec?: object }[]);
  return { ...all.find((each) => each?.kind === kind)?.spec };
}

describe("what somebody writes", () => {
  const visit = visitor();

  it("is text, in whatever field it stands, on every screen", async () => {
    const { page } = visit;
    await page.addInitScript("globalThis.alarm = () => { globalThis.alarmed = true; }");
    const hasRun = () => page.evaluate("globalThis.alarmed === true");
    await page.goto(told().link);
    await page.getByLabel("Your name").fill(words);
    await page.getByLabel("Choose a password").fill("correct horse battery");
    await visit.button("Create the account").click();
    await page.getByRole("link", { name: "Hosts" }).waitFor();

    const ask = (method: string, path: string, body?: unknown): Promise<{ status: number; body: never }> =>
      page.evaluate(
        async ([method, path, body]) => {
          const { csrf } = (await (await fetch("/v1/me")).json()) as { csrf: string };
          const headers = { "content-type": "application/json", "x-csrf-token": csrf };
          const response = await fetch(path!, { method: method!, headers, ...(body !== undefined && { body }) });
          return { status: response.status, body: (await response.json().catch(() => undefined)) as never };
        },
        [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
      );

    const kinds = (await ask("GET", "/v1/kinds")).body as { name: string; schema: Schema }[];
    // A host that never comes: what is stated for it is only ever looked at.
    await ask("PUT", "/v1/hosts/nowhere", { labels: {} });
    const stated: string[] = [];
    const refused: string[] = [];
    for (const { name: kind, schema } of kinds)
      for (const [index, spec] of [...specs(schema)].entries()) {
        const name = kind === "Site" || kind === "DnsPool" ? `x${index}.example.net` : `x${index}`;
        const body = {
          spec: { ...exampleOf(kind), ...(spec as object) },
          placement: { host: "nowhere" },
        };
        const { status } = await ask("PUT", `/v1/resources/${kind}/${name}`, body);
        assert.ok(status === 200 || status === 400 || status === 422, `${kind}: ${JSON.stringify(spec)}: ${status}`);
        if (status === 200) stated.push(`${kind}/${name}`);
        else refused.push(`${kind}\n${JSON.stringify(body.spec)}`);
      }
    assert.ok(stated.length >= 3 && refused.length >= 100, `${stated.length} stated, ${refused.length} refused`);

    await ask("PUT", "/v1/tenants/words", { title: words });
    await ask("POST", "/v1/invitations", { email: "w@example.com", tenant: "words", role: "viewer" });
    await ask("POST", "/v1/me/tokens", { name: words });
    await ask("PATCH", "/v1/hosts/nowhere", { labels: { words } });

    for (const ref of stated) {
      await page.goto(`${origin}/records/${ref}`);
      await page.getByText(words).first().waitFor();
      assert.equal(await hasRun(), false, ref);
    }
    // What is refused is said again, in words of its own.
    for (const each of refused.filter((_, index) => index % 10 === 0)) {
      const [kind, spec] = each.split("\n");
      await page.goto(`${origin}/records/new`);
      await page.getByLabel("Name", { exact: true }).fill("words.example.net");
      await page.getByRole("button", { name: /Kind/ }).click();
      await page.getByRole("option", { name: new RegExp(`^${kind}\\b`) }).click();
      await page.getByLabel("YAML").fill(spec!);
      await visit.button("Save").click();
      await page.getByRole("alert").first().waitFor();
      assert.equal(await hasRun(), false, each);
    }
    for (const screen of [
      "",
      "records",
      "hosts",
      "events",
      "audit",
      "customers",
      "customers/words",
      "maintenance",
      "account",
      "notices",
    ]) {
      await page.goto(`${origin}/${screen}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      assert.equal(await hasRun(), false, screen);
    }
    // A browser that was kept from running something says so.
    assert.deepEqual(
      visit.complaints.filter((each) => /Content Security Policy/.test(each)),
      [],
    );
  });
});
