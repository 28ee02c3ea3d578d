import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { openLab } from "../../lab/lab.ts";
import type { ApacheNode } from "../../src/daemons/apache/config.ts";
import type { NginxNode } from "../../src/daemons/nginx/config.ts";
import { dollarVariable } from "../../src/daemons/nginx/config.ts";
import { bareHost } from "../../src/kinds/facts.fixture.ts";
import { apacheTree } from "../../src/kinds/site/apache.ts";
import { layOut } from "../../src/kinds/site/layout.ts";
import { nginxTree } from "../../src/kinds/site/nginx.ts";
import { type SiteSpec, siteSpec } from "../../src/kinds/site/schema.ts";
import { siteKind } from "../../src/kinds/site/site.ts";
import type { Resource } from "../../src/model/resource.ts";
import { furnishServer } from "./furnish.ts";
import { readNginx, type Seen } from "./hostile/nginx-reader.ts";
import { hostileSite } from "./hostile/specs.ts";

const runs = 20_000;
const batch = 500;

/** The specs that got past the schema, each with a name of its own so that they can stand side by side. */
function accepted(): Resource<SiteSpec>[] {
  return fc.sample(hostileSite, { numRuns: runs, seed: 20261121 }).flatMap(({ name, spec }, index) => {
    const good = siteKind.normaliseName(name);
    const result = siteSpec.safeParse(spec);
    if ("problem" in good || !result.success) return [];
    const unique = {
      kind: "Site",
      name: `n${index}.${good.name}`,
      spec: {
        ...result.data,
        aliases: result.data.aliases.map((alias) =>
          alias.startsWith("*.") ? `*.n${index}${alias.slice(1)}` : `n${index}.${alias}`,
        ),
      },
    };
    if (unique.name.length > 200 || siteKind.check(unique).length > 0) return [];
    return [unique];
  });
}

const sites = accepted();

/** Directive names with their nesting, as intended; what is included Apache shows in its own place. */
const apacheOutline = (nodes: readonly ApacheNode[]): string[] =>
  nodes.flatMap((node) =>
    node.node === "directive"
      ? node.name === "IncludeOptional"
        ? []
        : [node.name]
      : node.node === "section"
        ? [`<${node.name}`, ...apacheOutline(node.body), `</${node.name}`]
        : [],
  );

/** The same as Apache dumps what it has parsed (`-D DUMP_CONFIG`). */
const apacheSeen = (dump: string): string[] =>
  dump.split("\n").flatMap((line) => {
    const text = line.trim();
    return text === "" || text.startsWith("#") ? [] : [text.split(/[\s>]/)[0]!];
  });

const intended = (nodes: readonly NginxNode[]): Seen[] =>
  nodes.flatMap((node): Seen[] => {
    if (node.node !== "directive" && node.node !== "block") return [];
    const words = [
      node.name,
      ...node.args.map((argument) => (typeof argument === "string" ? argument : argument.expression)),
    ];
    return [node.node === "block" ? { words, body: intended(node.body) } : { words }];
  });

describe(`of ${runs.toLocaleString("en")} hostile specs`, () => {
  test("some get past the schema and most do not, so both sides are tried", (t) => {
    t.diagnostic(`${sites.length} accepted, ${runs - sites.length} refused`);
    assert.ok(sites.length > runs / 50 && sites.length < runs / 2);
  });

  for (const server of ["apache2", "nginx"] as const) {
    test(`${server} sees exactly the directives intended in those that are accepted`, async (t) => {
      const lab = await openLab({ web1: server });
      t.after(() => lab.close());
      const web = lab.hosts.web1;
      await furnishServer(web, server);
      // mod_info is what dumps the configuration.
      if (server === "apache2") await web.must("a2enmod", "-q", "info");
      for (let start = 0; start < sites.length; start += batch) {
        const part = sites.slice(start, start + batch);
        const files = new Map<string, { text: string; site: ReturnType<typeof layOut> }>();
        for (const resource of part) {
          const facts = { ...bareHost, webServer: server };
          const site = { ...layOut(resource, server, facts), logDirectory: "/var/log/upkeep" };
          const { items } = siteKind.render(resource, facts);
          for (const item of items) {
            if (item.type === "file" && item.path.startsWith(`/etc/${server}/`))
              files.set(item.path, { text: item.content.replaceAll(/\/home\/\S+\/log\//g, "/var/log/upkeep/"), site });
          }
        }
        for (const [path, { text }] of files) web.write(path, text);
        const checker: [string, ...string[]] =
          server === "apache2" ? ["apache2ctl", "-t", "-D", "DUMP_CONFIG"] : ["nginx", "-T"];
        const { code, stdout, stderr } = await web.exec(checker);
        assert.equal(code, 0, stderr.slice(0, 2000));
        const dumped = sections(stdout, server);
        for (const [path, { site }] of files) {
          const seen = dumped.get(path);
          if (path.endsWith(".htpasswd")) continue;
          assert.ok(seen !== undefined, `${path} was not read`);
          if (server === "apache2") {
            const names = path.includes("/wildcard/") ? site.wildcardNames : site.exactNames;
            assert.deepEqual(apacheSeen(seen), apacheOutline(apacheTree(site, names)), path);
          } else {
            const tree = intended(nginxTree(site, { ipv6: true, http2Directive: false }));
            assert.deepEqual(withoutDigest(readNginx(seen)), withoutDigest(tree), path);
          }
        }
        await web.must("rm", ...files.keys());
      }
    });
  }
});

/** The digest differs by design; a plain dollar stands as the variable that means one. */
const withoutDigest = (seen: readonly Seen[]): unknown =>
  seen.map(({ words, body }) => [
    words[1] === "Upkeep-Site" ? words.slice(0, 2) : words.map((each) => each.replaceAll(`\${${dollarVariable}}`, "$")),
    ...(body ? [withoutDigest(body)] : []),
  ]);

/** A server's dump by file. */
function sections(dump: string, server: "apache2" | "nginx"): Map<string, string> {
  const mark = server === "apache2" ? /^# In file: (.+)$/gm : /^# configuration file (.+):$/gm;
  const marks = [...dump.matchAll(mark)];
  const found = new Map<string, string>();
  for (const [index, match] of marks.entries()) {
    const text = dump.slice(match.index + match[0].length, marks[index + 1]?.index);
    found.set(match[1]!, (found.get(match[1]!) ?? "") + text);
  }
  return found;
}
