import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ServiceCommand } from "../model/item.ts";
import { agentService, natsService, runService, serverService } from "../model/units.ts";
import { keepRunning } from "./unit.ts";

const command = (user: string): ServiceCommand => ({
  user,
  group: user,
  umask: 0o077,
  argv: ["/usr/bin/upkeep", "watch"],
  runtimeDirectory: "upkeep-watches",
});

function unitOf(user: string): string {
  const given = { name: "upkeep-watches", description: "Watches", header: ["Managed by Upkeep."], hardening: [] };
  const [file] = keepRunning({ ...given, command: command(user) }, "systemd");
  assert.ok(file?.type === "file");
  return file.content;
}

/** systemd 257 starts such a service without the right to become somebody else. */
const namesRoot = /^(User|Group|DynamicUser)=(root|0)?$/m;

describe("units of systemd", () => {
  test("one that runs as root does not say so, for systemd 257 takes CAP_SETUID away from one that does", () => {
    assert.doesNotMatch(unitOf("root"), /^(User|Group)=/m);
    assert.match(unitOf("root"), /^NoNewPrivileges=yes$/m);
  });

  test("one that runs as somebody else says as whom", () => {
    assert.match(unitOf("upkeep-door"), /^User=upkeep-door\nGroup=upkeep-door$/m);
  });

  test("one that fails is started again, however often", () => {
    assert.match(unitOf("root"), /^StartLimitIntervalSec=0$/m);
    assert.match(unitOf("root"), /^Restart=on-failure\nRestartSec=1$/m);
  });

  const others = { agent: agentService, run: runService, server: serverService, nats: natsService };
  for (const [name, unit] of Object.entries(others))
    test(`none of Upkeep's others names root: ${name}`, () => {
      assert.doesNotMatch(unit("/usr/bin/upkeep"), namesRoot);
    });
});
