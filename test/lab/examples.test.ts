import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadAll } from "js-yaml";
import { openLab } from "../../lab/lab.ts";

const examples = join(import.meta.dirname, "../../examples");

for (const server of ["apache2", "nginx"] as const) {
  test(`every example works as it stands (${server})`, async (t) => {
    const lab = await openLab({ web1: server });
    t.after(() => lab.close());
    for (const file of readdirSync(examples)) {
      const { code, stdout, stderr } = await lab.hosts.web1.upkeep("apply", `/opt/upkeep/examples/${file}`);
      assert.equal(code, 0, `${file}: ${stdout.slice(-1500)}${stderr}`);
      const documents = loadAll(readFileSync(join(examples, file), "utf8")) as {
        kind: string;
        name: string;
        spec?: { proxy?: string; basicAuth?: object };
      }[];
      for (const { kind, name, spec } of documents) {
        if (kind !== "Site") continue;
        const expected = spec?.basicAuth ? 401 : spec?.proxy ? [502, 503] : 200;
        const { status } = await lab.hosts.web1.ask(`http://${name}/`);
        assert.ok([expected].flat().includes(status), `${name} answered ${status}`);
      }
    }
    const open = await lab.hosts.web1.ask("http://members.example.com/", { user: "alice:example" });
    assert.equal(open.status, 200);
  });
}
