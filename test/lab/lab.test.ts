import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { labDirectory } from "../../lab/directory.ts";
import { openLab } from "../../lab/lab.ts";
import { paceVariable } from "../../lab/pace.ts";
import { until } from "../../src/host/host.ts";
import { localHost } from "../../src/host/local.ts";
import { childrenOf, processState } from "../../src/host/processes.ts";
import { eventually } from "./estate/estate.ts";

const repository = join(import.meta.dirname, "../..");

const descendants = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);

test("a killed test run leaves no processes and no mounts behind", async () => {
  const program = `
    const { openLab } = await import(${JSON.stringify(join(repository, "lab/lab.ts"))});
    await openLab({ doomed: "apache2" });
    console.log("up");
    await new Promise(() => setInterval(() => {}, 1000));`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const family = descendants(child.pid!);
  assert.ok(family.length > 10, `a booted host has processes; seen were ${family.length}`);
  child.kill("SIGKILL");
  const gone = await until(localHost.clock, 10_000, () => family.every((pid) => !processState(pid)));
  assert.ok(gone, `left behind: ${family.filter((pid) => processState(pid))}`);
  assert.doesNotMatch(readFileSync("/proc/self/mounts", "utf8"), /doomed/);
});

test("a service that is killed in one host goes on in the others", async (t) => {
  const lab = await openLab({ one: "none", other: "none" });
  t.after(() => lab.close());
  const { one, other } = lab.hosts;
  for (const host of [one, other])
    await host.must("systemd-run", "--quiet", "--unit=same", "--property=NoNewPrivileges=yes", "sleep", "infinity");
  const pid = () => other.must("systemctl", "show", "--property=MainPID", "same");
  const before = await pid();
  await one.must("systemctl", "kill", "--signal=KILL", "same");
  await eventually("it has ended", async () => (await one.exec(["systemctl", "is-active", "same"])).code !== 0);
  assert.equal((await other.exec(["systemctl", "is-active", "same"])).stdout.trim(), "active");
  assert.equal(await pid(), before);
});

test("commands of a host, its services and what these confine all go at the lab's pace", async (t) => {
  const lab = await openLab({ one: "none" });
  t.after(() => lab.close());
  const { one } = lab.hosts;
  const isIn = (environment: string) => environment.split(/[\n\0]/).includes(paceVariable);
  assert.ok(isIn(await one.must("env")), "a command");
  assert.ok(isIn(await one.must("systemd-run", "--quiet", "--pipe", "--wait", "env")), "a service");
  await one.must("systemctl", "start", "ssh");
  const { code, stdout, stderr } = await one.apply("kind: KeyWatch\nname: ssh\n");
  assert.equal(code, 0, stdout + stderr);
  for (const [what, arguments_] of [
    ["the guard", "watch$"],
    ["the eyes", "watch --eyes$"],
  ] as const) {
    const find = () => one.exec(["pgrep", "--newest", "--full", arguments_]);
    await eventually(`${what} run`, async () => (await find()).code === 0);
    assert.ok(isIn(await one.must("cat", `/proc/${(await find()).stdout.trim()}/environ`)), what);
  }
});

test("hosts can be booted, cut off, healed, killed and taken down from the command line", (t) => {
  // A lab directory of its own, so that a lab that someone has standing is left alone.
  const directory = mkdtempSync(join(tmpdir(), "upkeep-lab-"));
  for (const name of readdirSync(labDirectory).filter((each) => /-base-[0-9a-f]+$/.test(each)))
    symlinkSync(join(labDirectory, name), join(directory, name));
  const upkeep = (...args: string[]) =>
    spawnSync(join(repository, "upkeep"), ["lab", ...args], {
      encoding: "utf8",
      env: { ...process.env, UPKEEP_LAB: directory },
    });
  t.after(() => {
    upkeep("down");
    rmSync(directory, { recursive: true });
  });
  const reach = () =>
    upkeep("exec", "one", "--", "curl", "-s", "-o", "/dev/null", "-m", "2", "http://198.51.100.11/").status;
  assert.match(
    upkeep("up", "one", "two", "--server", "nginx").stdout,
    /^one {2}198\.51\.100\.10\ntwo {2}198\.51\.100\.11$/m,
  );
  assert.equal(reach(), 0);
  assert.equal(upkeep("cut", "two").status, 0);
  assert.notEqual(reach(), 0);
  assert.equal(upkeep("heal", "two").status, 0);
  assert.equal(reach(), 0);
  assert.equal(upkeep("exec", "one", "--", "false").status, 1);
  assert.equal(upkeep("exec", "one", "--", "test", "-x", "./upkeep").status, 0);
  assert.equal(upkeep("kill", "two").status, 0);
  assert.match(upkeep("exec", "two", "--", "true").stderr, /no host two is up/);
  assert.equal(upkeep("down").status, 0);
  assert.match(upkeep("exec", "one", "--", "true").stderr, /no host one is up/);
});
