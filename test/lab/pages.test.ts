import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PNG } from "pngjs";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { servePages } from "./pages/serving.ts";

const own = readdirSync(join(import.meta.dirname, "../pages"));
/** Pages taken whole from Debian's packages, each with its style sheets, fonts and images. */
const documented = ["apache2-doc/manual/en/index.html", "exim4-doc-html/spec_html/index.html"];
const pages = [...own.map((name) => `${name}/`), ...documented.map((path) => `doc/${path}`)];

const chromium = (picture: string, url: string, ...more: string[]): [string, ...string[]] => [
  "chromium",
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--hide-scrollbars",
  "--window-size=1000,1600",
  "--virtual-time-budget=4000",
  `--user-data-dir=${picture}.profile`,
  `--screenshot=${picture}`,
  ...more,
  url,
];

let lab: Lab<"browser">;
let host: TestHost;
before(async () => {
  lab = await openLab({ browser: "none" }, { packages: "full" });
  host = lab.hosts.browser;
  await servePages(host);
});
after(() => lab.close());

describe("a built page looks like its source, pixel for pixel, with no network at all", () => {
  for (const page of pages) {
    test(page, async () => {
      const source = `http://127.0.0.1:8000/${page}`;
      const name = page.replaceAll(/\W+/g, "-");
      // What the packages themselves refer to and do not have is left out.
      const lenient = page.startsWith("doc/") ? ["--lenient"] : [];
      await host.must(...chromium(`/root/${name}-source.png`, source));
      const meant = PNG.sync.read(readFileSync(host.path(`/root/${name}-source.png`)));
      assert.ok(new Set(meant.data).size > 2, "the source must show something");
      // Without scripts, rules that match nothing are left out, too; a page that is nothing but scripts has to have them.
      for (const how of page === "scripts/" ? [[]] : [[], ["--no-scripts"]]) {
        const built = `/root/${name}${how.join("")}`;
        const options = ["-o", `${built}.html`, "--max-size", "5MB", ...lenient, ...how];
        const { code, stderr } = await host.upkeep("page", "build", source, ...options);
        assert.equal(code, 0, stderr);
        // The network log holds whatever the page asked for, allowed or not.
        const seeing = chromium(`${built}.png`, `file://${built}.html`, `--log-net-log=${built}.json`);
        await host.must("unshare", "--net", ...seeing);
        const shown = PNG.sync.read(readFileSync(host.path(`${built}.png`)));
        assert.equal(differing(shown, meant), 0, `pixels differ ${how.join("")}`);
        assert.deepEqual(requestsIn(readFileSync(host.path(`${built}.json`), "utf8")), []);
      }
    });
  }
});

describe("a new page speaks the reader's language without scripts", () => {
  const seen = async (page: string, reader: string): Promise<PNG> => {
    const picture = `/root/${page}-${reader}.png`;
    await host.must("unshare", "--net", ...chromium(picture, `file:///root/${page}.html`, `--accept-lang=${reader}`));
    return PNG.sync.read(readFileSync(host.path(picture)));
  };

  test("each reader sees what a page in that language alone would show; others see the first", async () => {
    const words = ["--contact", "help@example.com", "--until", "2026-11-21T18:00+01:00"];
    for (const [page, languages] of [
      ["all", "en,de,fr,es,it,nl,pl,pt,ja"],
      ["de", "de"],
      ["fr", "fr"],
      ["en", "en"],
    ] as const)
      assert.equal(
        (await host.upkeep("page", "new", "-o", `/root/${page}.html`, "--languages", languages, ...words)).code,
        0,
      );
    const alone = { de: await seen("de", "de"), fr: await seen("fr", "fr"), en: await seen("en", "en") };
    assert.notEqual(differing(alone.de, alone.fr), 0);
    assert.equal(differing(await seen("all", "de-AT,de"), alone.de), 0);
    assert.equal(differing(await seen("all", "fr"), alone.fr), 0);
    assert.equal(differing(await seen("all", "fi"), alone.en), 0);
  });
});

/** How many pixels differ. */
function differing(one: PNG, other: PNG): number {
  if (one.width !== other.width || one.height !== other.height) return Number.POSITIVE_INFINITY;
  let count = 0;
  for (let at = 0; at < one.data.length; at += 4)
    if ([0, 1, 2].some((channel) => one.data[at + channel] !== other.data[at + channel])) count++;
  return count;
}

/** Addresses that were asked for by the page: Chromium's own services are none of it. */
function requestsIn(log: string): string[] {
  const urls = [...log.matchAll(/"url":"([^"]+)"/g)].map(([, url]) => url!);
  return [...new Set(urls)].filter((url) => url.includes("127.0.0.1:8000") || url.includes("localhost"));
}
