import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab } from "../../lab/lab.ts";
import { servers } from "./maintenance/servers.ts";

describe("reloads in quick succession", () => {
  let lab: Lab<"web1">;
  before(async () => {
    lab = await openLab({ web1: "none" });
  });
  after(() => lab.close());

  // HAProxy executes itself anew for each, and hears nothing meanwhile.
  for (const name of ["apache2", "nginx", "haproxy", "lighttpd"])
    test(`${name} hears each of twenty`, async () => {
      const web = lab.hosts.web1;
      const { prepare } = servers.find(({ server }) => server === name.replace("apache2", "apache"))!;
      await prepare(web);
      const driver = "/opt/upkeep/test/lab/reload/driver.ts";
      const node = "/opt/upkeep/node_modules/.bin/node";
      const { code, stderr } = await web.exec([node, "--disable-warning=ExperimentalWarning", driver, name, "20"]);
      assert.equal(code, 0, stderr);
      await web.must("systemctl", "stop", name);
    });
});
