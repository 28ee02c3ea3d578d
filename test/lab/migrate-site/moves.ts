import assert from "node:assert/strict";
import { repositoryInHost } from "../../../lab/directory.ts";
import type { Lab, TestHost } from "../../../lab/lab.ts";
import type { RunRecord } from "../../../src/model/run.ts";
import { eventually } from "../estate/estate.ts";
import { addressOf, type Names, sql } from "./world.ts";

const node = `${repositoryInHost}/node_modules/.bin/node`;

/** What visitors saw, and what of theirs was taken. */
export interface Seen {
  readonly answers: Readonly<Record<string, number>>;
  /** Whatever was neither an answer nor the page. */
  readonly failures: readonly string[];
  readonly written: { readonly shop: readonly string[]; readonly app: readonly string[] };
  /** From the first 503 to the last of each site, in milliseconds. */
  readonly closed: { readonly shop: number; readonly app: number };
}

/** Milliseconds between visits, where it is looked at what a move does meanwhile, and not how fast it is beside a crowd. */
export const unhurried = 100;

/**
 * Has people visit by the old address and write all the time, until it is said that it is enough; as fast as the machine
 * can, or with so many milliseconds in between.
 */
export function visiting({ visitor, old1 }: Lab<Names>["hosts"], only = "", pause = 0): () => Promise<Seen> {
  const stop = `/root/enough-${process.hrtime.bigint()}`;
  const script = `${repositoryInHost}/test/lab/migrate-site/visit.mjs`;
  const seen = visitor.exec([node, script, old1.address, stop, String(pause), only]);
  return async () => {
    visitor.write(stop, "");
    const { stdout, stderr } = await seen;
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout) as Seen;
  };
}

export const migrate = ({ new1, old1, visitor }: Lab<Names>["hosts"], ...more: string[]) =>
  new1.upkeep(
    "run",
    "migrate-site",
    ...(more.some((option) => option.startsWith("--site=")) ? [] : ["--site=shop.example.com,app.example.com"]),
    `--from=root@${old1.address}`,
    ...names(visitor),
    ...more,
  );

/** Whom to tell where the names lead. */
export const names = (visitor: TestHost): string[] => [
  `--name-server=${visitor.address}`,
  "--zone=example.com",
  "--dns-key=/etc/upkeep/dns.key",
  "--ttl=5",
];

/** The newest run of a host. */
export async function newestRun(host: TestHost): Promise<RunRecord | undefined> {
  const { stdout } = await host.upkeep("runs", "list", "--json");
  return (JSON.parse(stdout) as RunRecord[])[0];
}

/** Waits, or kills whoever carries the run out at each step; see `steps.mjs`. Returns the steps that fitted. */
export async function atSteps(host: TestHost, what: "until" | "kill", id: number, step: RegExp): Promise<string[]> {
  const script = `${repositoryInHost}/test/lab/migrate-site/steps.mjs`;
  const argv = ["timeout", "300", node, script, what, String(id), step.source, "^until all is well$"] as const;
  const { code, stdout, stderr } = await host.exec(argv);
  assert.equal(code, 0, `no step ${step.source} of run ${id}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Comments that were taken and are not there. */
export async function lostComments(host: TestHost, { written }: Pick<Seen, "written">): Promise<string[]> {
  const comments = new Set((await sql(host, "mariadb", "shop", "SELECT comment_content FROM wp_comments")).split("\n"));
  return written.shop.filter((each) => !comments.has(each));
}

/** Nothing that was taken has been lost: it is in the databases of whoever serves now. */
export async function nothingIsLost(host: TestHost, { written }: Pick<Seen, "written">): Promise<void> {
  assert.deepEqual(await lostComments(host, { written }), [], `comments lost on ${host.name}`);
  if (written.app.length === 0) return;
  const notes = new Set((await sql(host, "postgres", "app", "SELECT body FROM notes")).split("\n"));
  assert.deepEqual(
    written.app.filter((each) => !notes.has(each)),
    [],
    `notes lost on ${host.name}`,
  );
}

/** A site answers at the old address, from the host that it should. */
export async function servedFrom(
  { visitor, old1, new1 }: Lab<Names>["hosts"],
  where: "old1" | "new1",
  only = "",
): Promise<void> {
  for (const [scheme, name] of [
    ["http", "shop.example.com"],
    ["https", "app.example.com"],
  ] as const) {
    if (!name.startsWith(only)) continue;
    const resolve = `${name}:${scheme === "http" ? 80 : 443}:${old1.address}`;
    await eventually(`${name} is served`, async () => {
      const argv = [
        "curl",
        "-sk",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "--resolve",
        resolve,
        `${scheme}://${name}/`,
      ] as const;
      return (await visitor.exec(argv)).stdout === "200";
    });
  }
  const movedTo = /movedTo: "?([\d.]+)/.exec((await old1.upkeep("get", "Site", "shop.example.com")).stdout)?.[1];
  assert.equal(movedTo, where === "new1" ? new1.address : undefined);
  assert.equal(await addressOf(visitor, "shop.example.com"), where === "new1" ? new1.address : old1.address);
}
