import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parse } from "parse5";
import { type BuildOptions, buildPage } from "./build.ts";
import type { Fetcher } from "./fetcher.ts";
import { typeOfName } from "./media-type.ts";
import { elementsIn } from "./tree.ts";

const image = `<svg xmlns="http://www.w3.org/2000/svg">${"<circle r='9'/>".repeat(40)}</svg>`;
/** Present once in the page for each time the image is in it. */
const trace = "%3Csvg%20xmlns";

function reading(files: Readonly<Record<string, string>>): Fetcher & { readonly asked: string[] } {
  const asked: string[] = [];
  const fetcher = async (url: URL) => {
    asked.push(url.href);
    const text = files[url.href] ?? files[url.pathname];
    if (text === undefined) throw new Error("there is no such file");
    return { url, body: Buffer.from(text), type: typeOfName(url.pathname) };
  };
  return Object.assign(fetcher, { asked });
}

const build = (
  html: string,
  files: Readonly<Record<string, string>> = {},
  options: Partial<BuildOptions> = {},
  source = "file:///site/index.html",
) =>
  buildPage(new URL(source), reading({ "/site/index.html": html, "/": html, ...files }), { scripts: true, ...options });

describe("what a page loads becomes part of it", () => {
  test("an image that is used many times is read once and there once", async () => {
    const files = { "/site/a.svg": image, "/site/a.css": ".x{background:url(a.svg)}.y{background:url('a.svg')}" };
    const fetcher = reading({
      ...files,
      "/site/index.html": `<link rel=stylesheet href=a.css><img src=a.svg><img src="./a.svg"><p style="background:url(a.svg)">`,
    });
    const { html } = await buildPage(new URL("file:///site/index.html"), fetcher, { scripts: true });
    assert.equal(html.split(trace).length - 1, 1);
    assert.equal(fetcher.asked.filter((url) => url.endsWith("a.svg")).length, 1);
  });

  test("an image of several pictures and resolutions is there once", async () => {
    const { html } = await build(
      `<picture><source media="(min-width: 9px)" srcset="a.svg 1x, b.svg 2x"><source type="image/jxl" srcset="b.svg"><img src="a.svg"></picture><img src="a.svg" srcset="a.svg 480w, b.svg 800w" sizes="(max-width: 600px) 480px, 50vw"><table background="b.svg">`,
      { "/site/a.svg": image, "/site/b.svg": image.replaceAll("9", "8") },
    );
    assert.equal(html.split(trace).length - 1, 2);
    const images = /<style>[^<]*?\)(?:;--upkeep-2:[^}]*)?\}(?<rules>[^<]*)<\/style>/.exec(html)?.groups?.rules ?? "";
    const [first = "", second = ""] = html.match(/:where\(\[data-upkeep-image="\d+"\]\)/g) ?? [];
    assert.ok(first && second);
    const rules = [...images.matchAll(/(?:@media [^{]*\{)?:where[^}]*\}\}?/g)].map(([rule]) =>
      rule.replace(/:where\([^)]*\)/, "x"),
    );
    assert.deepEqual(rules, [
      "x{content:var(--upkeep-1)}",
      "@media (min-width: 9px){x{content:image-set(var(--upkeep-1) 1x,var(--upkeep-2) 2x)}}",
      "x{content:var(--upkeep-2);width:50vw}",
      "@media (max-width: 600px){x{content:image-set(var(--upkeep-1) 1x,var(--upkeep-2) 1.6667x);width:480px}}",
      "x{background-image:var(--upkeep-2)}",
    ]);
  });

  test("imports keep their order and their conditions", async () => {
    const { html } = await build(
      "<style>@import 'a.css' layer(one) supports(display: grid) print;p{color:red}</style>",
      {
        "/site/a.css": "@import url(b/b.css);h1{color:blue}",
        "/site/b/b.css": "h2{background:url(i.svg)}",
        "/site/b/i.svg": image,
      },
    );
    assert.match(
      html,
      /@media print\{@supports \(display: grid\)\{@layer one\{h2\{background:url\("data:[^)]+\)\}h1\{color:blue\}\}\}\}/,
    );
    assert.ok(html.indexOf("h1{color:blue}") < html.indexOf("p{color:red}"));
  });

  test("style sheets that import each other come to an end", async () => {
    const { html } = await build("<link rel=stylesheet href=a.css>", {
      "/site/a.css": "@import 'b.css';a{}",
      "/site/b.css": "@import 'a.css';b{}",
    });
    assert.match(html, /b\{\}[\s]*a\{\}/);
  });

  test("of a font's formats the best one is taken, and fonts of the machine stay", async () => {
    const { html, missing } = await build(
      `<style>@font-face{font-family:x;src:url(x.eot);src:local("X"),url(x.eot?#iefix) format("embedded-opentype"),url(x.woff) format("woff"),url(x.woff2) format("woff2")}</style>`,
      { "/site/x.woff2": "wOF2...", "/site/x.woff": "wOFF..." },
    );
    assert.deepEqual(missing, []);
    assert.match(html, /src:local\("X"\),url\("data:font\/woff2;base64,[^"]+"\) format\("woff2"\)/);
    assert.doesNotMatch(html, /eot|font\/woff;/);
  });

  test("a script's text cannot end its element", async () => {
    const { html } = await build("<script src=a.js></script>", { "/site/a.js": 'x="</script><img src=http://evil/>"' });
    assert.match(html, /x="<\\\/script>/);
    assert.equal(html.split("</script>").length, 2);
  });

  test("hints for what is now here go, navigation stays", async () => {
    const { html } = await build(
      '<link rel=preload href=a.css as=style><link rel=manifest href=m.json><link rel=canonical href="https://e.example/"><a href="https://e.example/x">x</a>',
    );
    assert.doesNotMatch(html, /preload|manifest/);
    assert.match(html, /rel="canonical"/);
    assert.match(html, /<a href="https:\/\/e\.example\/x">/);
  });
});

describe("what cannot be embedded is named with its place", () => {
  const cases: Readonly<Record<string, readonly [html: string, reference: string, place: string, why: RegExp]>> = {
    "an image that is not there": ["<p>\n<img src=no.png>", "no.png", "/site/index.html:2:6", /no such file/],
    "one in a style sheet": ["<link rel=stylesheet href=a.css>", "no.png", "/site/a.css:2:14", /no such file/],
    "one in a style attribute": [
      "<p style='background:url(no.png)'>",
      "no.png",
      "/site/index.html:1:18",
      /no such file/,
    ],
    "an import": ["<style>\n@import 'no.css';</style>", "no.css", "/site/index.html:2:1", /no such file/],
    "a module that imports": [
      "<script type=module>import 'x';</script>",
      "x",
      "/site/index.html:1:21",
      /imports others/,
    ],
    "another scheme": ["<img src=ftp://a/b.png>", "ftp://a/b.png", "/site/index.html:1:6", /ftp: cannot be read/],
  };
  for (const [what, [html, reference, place, why]] of Object.entries(cases))
    test(what, async () => {
      const { missing } = await build(html, { "/site/a.css": "p{}\nq{background:url(no.png)}" });
      assert.equal(missing.length, 1);
      const { where } = missing[0]!;
      assert.equal(missing[0]!.reference, reference);
      assert.equal(`${where.file}:${where.line}`, place.replace(/:\d+$/, ""));
      assert.match(missing[0]!.why, why);
    });

  test("a page of the network may not name files of this machine", async () => {
    const { missing } = await build("<img src='file:///etc/passwd'>", {}, {}, "https://e.example/");
    assert.match(missing[0]?.why ?? "", /may not name files/);
  });
});

describe("options", () => {
  test("without scripts nothing can run, and what is for browsers without them shows", async () => {
    const { html } = await build(
      "<script>a</script><p onclick=b>x<a href='javascript:c'>d</a><noscript><b>plain</b></noscript>",
      {},
      { scripts: false },
    );
    assert.doesNotMatch(html, /script-src|<script|onclick|javascript:|<noscript/);
    assert.match(html, /<b>plain<\/b>/);
  });

  test("title, message and time go where the page has a place for them", async () => {
    const { html } = await build(
      "<html lang=de><title>old</title><main><p data-upkeep=message>old</p></main>",
      {},
      { title: "a <b>", message: "m & n", until: new Date("2026-11-21T13:30:00Z") },
    );
    assert.match(html, /<title>a &lt;b&gt;<\/title>/);
    assert.match(html, /<p data-upkeep="message">m &amp; n<\/p>/);
    assert.match(html, /<p data-upkeep="until" role="status">21\. November 2026 um 13:30 UTC<\/p>/);
  });
});

/** Attributes that make a browser load something, and the elements that have them. */
const loads: Readonly<Record<string, readonly string[]>> = {
  src: ["img", "iframe", "script", "source", "embed", "input", "audio", "video", "track"],
  background: ["table", "body", "td"],
  href: ["link", "use", "image"],
};

test("whatever the page, the policy comes first and nothing outside is named where a browser would load it", async () => {
  const bits = fc.constantFrom(
    "<img src=",
    "<link rel=stylesheet href=",
    "<style>@import ",
    "url(",
    ")",
    "</style>",
    "<svg><use href=",
    "http://e.example/x",
    "'",
    '"',
    ">",
    "<iframe src=",
    " srcset=",
    "<script src=",
    "</script>",
    "<template>",
    "<table background=",
    "<base href=",
    "<!--",
    "-->",
    " 2x,",
    "{",
    "}",
    ";",
    "\n",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(bits, fc.string({ maxLength: 5 })), { maxLength: 20 }), async (parts) => {
      const { html } = await build(parts.join(""));
      assert.match(
        html,
        /<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none';/,
      );
      const loading = elementsIn(parse(html)).filter(({ tagName, attrs }) =>
        attrs.some(({ name, value }) => value.startsWith("http") && (loads[name]?.includes(tagName) ?? false)),
      );
      assert.deepEqual(
        loading.map(({ tagName }) => tagName),
        [],
      );
    }),
    { numRuns: 300 },
  );
});

test("without scripts, rules that match nothing are left out with what they load; states and keyframes stay", async () => {
  const { html, missing } = await build(
    `<style>.gone{background:url(no.png)}p.gone,b{color:red}a:hover,#x:not(.y)::before{top:0}@keyframes k{from{left:0}50%{left:1px}}@media screen{.gone{top:1px}p{top:2px;&.z{left:3px}}}:root{--a:1}:bad(((]{top:9px}</style><p><b>x</b><a id=x>`,
    {},
    { scripts: false },
  );
  const style = /<style>(?<text>[\s\S]*?)<\/style>/.exec(html)?.groups?.text ?? "";
  assert.deepEqual(missing, []);
  assert.doesNotMatch(style, /\.gone\{/);
  for (const kept of [
    "p.gone,b{color:red}",
    "a:hover,#x:not(.y)::before{top:0}",
    "from{left:0}50%{left:1px}",
    "p{top:2px;&.z{left:3px}}",
    ":root{--a:1}",
  ])
    assert.ok(style.includes(kept), `${kept} in ${style}`);
});
