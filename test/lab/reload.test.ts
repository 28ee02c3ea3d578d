import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab } from "../../lab/lab.ts";
import { type Server, servers } from "./maintenance/servers.ts";

describe("reloads in quick succession", () => {
  let lab: Lab<"web1">;
  before(async () => {
    lab = await openLab({ web1: "none" });
  });
  after(() => lab.close());

  // Those that are told by a signal. HAProxy executes itself anew for each, and hears nothing meanwhile.
  const told = Object.values<Server>(servers).filter(
    ({ server }) => server && ["apache", "nginx", "haproxy", "lighttpd"].includes(server),
  );
  for (const { unit, prepare } of told)
    test(`${unit} hears each of twenty`, async () => {
      const web = lab.hosts.web1;
      await prepare(web);
      const driver = "/opt/upkeep/test/lab/reload/driver.ts";
      const node = "/opt/upkeep/node_modules/.bin/node";
      const { code, stderr } = await web.exec([node, "--disable-warning=ExperimentalWarning", driver, unit, "20"]);
      assert.equal(code, 0, stderr);
      await web.must("systemctl", "stop", unit);
    });
});
