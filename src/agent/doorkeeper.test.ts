import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Files } from "../host/files.ts";
import { exchangeLink } from "./doorkeeper.ts";

const now = 1_795_000_000_000;
const tokenOf = (name: string, letter: string, ends = now + 60_000) =>
  `${name}.5f0c1a.${ends / 1000}.${letter.repeat(43)}`;
const directory = "/var/lib/upkeep-maintenance/relaunch";
const [link, cookie] = [tokenOf("relaunch", "a"), tokenOf("relaunch", "b")];

/** A disk in memory, and what was touched on it. */
function disk(contents: Readonly<Record<string, string>>) {
  const files = new Map(Object.entries(contents));
  const touched: string[] = [];
  const look = <T>(path: string, of: T): T => {
    touched.push(path);
    return of;
  };
  const door: Pick<Files, "read" | "stat" | "rename"> = {
    read: (path) => look(path, files.get(path)),
    stat: (path) => look(path, files.has(path) ? ({} as ReturnType<Files["stat"]>) : undefined),
    rename(from, to) {
      touched.push(from);
      const content = files.get(from);
      if (content === undefined) throw new Error("ENOENT");
      files.delete(from);
      files.set(to, content);
    },
  };
  return { door, touched, files };
}

const whole = {
  [`${directory}/doors/shop.example.com/${link}`]: `upkeep_relaunch=${cookie}; Path=/; HttpOnly`,
  [`${directory}/links/shop.example.com/${cookie}`]: "",
};

describe("a link", () => {
  const asked = `relaunch/shop.example.com/${link}`;

  test("is exchanged for its cookie, once", () => {
    const { door, files } = disk(whole);
    assert.equal(exchangeLink(door, now, asked, "https"), `upkeep_relaunch=${cookie}; Path=/; HttpOnly; Secure`);
    assert.equal(exchangeLink(door, now, asked, "https"), undefined);
    assert.ok(files.has(`${directory}/doors/shop.example.com/${link}.used`));
  });

  test("is not when somebody was quicker", () => {
    const { door } = disk(whole);
    const late = {
      ...door,
      rename: () => {
        throw new Error("ENOENT");
      },
    };
    assert.equal(exchangeLink(late, now, asked, "http"), undefined);
  });

  test("is not after its end, nor for a cookie that lets nobody in any longer, nor one that has been used", () => {
    assert.equal(exchangeLink(disk(whole).door, now + 60_000, asked, "http"), undefined);
    const { [`${directory}/links/shop.example.com/${cookie}`]: _, ...revoked } = whole;
    assert.equal(exchangeLink(disk(revoked).door, now, asked, "http"), undefined);
    const used = { ...whole, [`${directory}/doors/shop.example.com/${link}.used`]: "upkeep_relaunch=x; Path=/" };
    assert.equal(exchangeLink(disk(used).door, now, `${asked}.used`, "http"), undefined);
  });

  test("leads nowhere else, whatever it says", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom("..", ".", "", "relaunch", "shop.example.com", link, `${link}/..`, "\0", "%2e%2e"),
            fc.string({ unit: "binary", maxLength: 8 }),
          ),
          { maxLength: 6 },
        ),
        (parts) => {
          const { door, touched } = disk(whole);
          exchangeLink(door, now, parts.join("/"), "http");
          for (const path of touched)
            assert.match(
              path,
              /^\/var\/lib\/upkeep-maintenance\/(?!\.)[\w.-]+\/(doors|links)\/(?!\.)[\w.-]+\/[\w.-]+$/,
            );
        },
      ),
      { numRuns: 500 },
    ));
});
