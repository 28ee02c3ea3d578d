import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openLab, type TestHost } from "../../lab/lab.ts";
import { bareHost } from "../../src/kinds/facts.fixture.ts";
import { defaultPhp } from "../../src/model/facts.ts";
import { furnishServer } from "./furnish.ts";

/** The PHP that goldens are for. */
const goldenPhp = defaultPhp(bareHost);

const cases = join(import.meta.dirname, "../../src/kinds/site/cases");

/** The files of a golden: sections that begin with `==> PATH`. */
const filesOf = (golden: string): [string, string][] =>
  golden
    .split(/^==> /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)]);

/** What the files need around them: log directories, and accounts for PHP pools. */
async function furnish(host: TestHost, content: string): Promise<void> {
  const logs = [...content.matchAll(/(\/home\/\S+\/log)\//g)].map((match) => match[1]!);
  const users = [...content.matchAll(/^user = (\S+)$/gm)].map((match) => match[1]!);
  for (const log of new Set(logs)) await host.must("mkdir", "-p", log);
  for (const user of users) await host.exec(["useradd", "--user-group", user]);
  for (const [, directory] of content.matchAll(/^chdir = (\S+)$/gm)) await host.must("mkdir", "-p", directory!);
}

for (const server of ["apache2", "nginx"] as const) {
  test(`every golden file passes the real checkers (${server})`, async (t) => {
    const lab = await openLab({ web1: server });
    t.after(() => lab.close());
    const web = lab.hosts.web1;
    await furnishServer(web, server);
    const checkers = [
      server === "apache2" ? ["apache2ctl", "-t"] : ["nginx", "-t"],
      [web.release.php.checker, "-t"],
    ] as [string, ...string[]][];
    for (const golden of readdirSync(cases).filter((name) => name.endsWith(`.${server}.golden`))) {
      const text = readFileSync(join(cases, golden), "utf8").replaceAll(
        `/etc/php/${goldenPhp}/`,
        `/etc/php/${web.release.php.version}/`,
      );
      await furnish(web, text);
      for (const [path, content] of filesOf(text)) web.write(path, content);
      for (const checker of checkers) {
        const { code, stderr } = await web.exec(checker);
        assert.equal(code, 0, `${golden}: ${stderr}`);
      }
      // nginx would warn of two sites with one name; each golden stands for itself.
      for (const [path] of filesOf(text)) await web.must("rm", path);
    }
  });
}
