import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Host } from "./host.ts";
import { lookAtOwnProcesses } from "./own-processes.ts";

const now = 1_795_000_000_000;
const scheduled = '{"MESSAGE_ID":"5eb03494b6584870a536b337290809b3"}\n';
const started = '{"MESSAGE_ID":"39f53479d3a045ac8e11786248231fbf"}\n';

const ending = (restarts: number) =>
  `Id=upkeep-agent.service\nLoadState=loaded\nUnitFileState=enabled\nActiveState=activating\nSubState=auto-restart\nType=simple\nResult=exit-code\nExecMainStatus=1\nNRestarts=${restarts}\n`;
const running =
  "Id=upkeep-logs.service\nLoadState=loaded\nUnitFileState=enabled\nActiveState=active\nSubState=running\nType=simple\nNRestarts=0\n";

/** A machine with systemd, by what `systemctl show`, and journalctl of a unit's starts and of its words, print. */
function machine(units: string | Error, starts = "", words = ""): Host {
  const answers = ([program, ...args]: readonly string[]) => {
    if (program === "systemctl")
      return units instanceof Error
        ? { code: 1, stdout: "", stderr: units.message }
        : { code: 0, stdout: units, stderr: "" };
    const isOfStarts = args.some((arg) => arg.startsWith("--since="));
    // Of what anybody may say in its name, nothing is asked for.
    if (args.some((arg) => arg.startsWith("UNIT=")) && !args.includes("_PID=1")) assert.fail(args.join(" "));
    return { code: 0, stdout: isOfStarts ? starts : words, stderr: "" };
  };
  return {
    clock: { now: () => now },
    files: { list: () => [], stat: () => ({}) },
    processes: { run: async (argv: readonly string[]) => answers(argv) },
  } as unknown as Host;
}

const troubleOf = async (host: Host) => (await lookAtOwnProcesses(host, () => [])).all[0]!.trouble;

describe("Upkeep's own services on a machine", () => {
  test("are well when they run", async () => {
    assert.deepEqual(await lookAtOwnProcesses(machine(running), () => []), { all: [{ name: "upkeep-logs" }] });
  });

  test("are not well when they ended several times lately, with their last words", async () => {
    assert.equal(
      await troubleOf(machine(ending(40), started + scheduled.repeat(4), "upkeep: no memory\u0007 left\n")),
      "ends again and again, 5 times within 5 minutes (exit-code, 1): upkeep: no memory? left",
    );
  });

  test("are well when one ended as often, but over months", async () => {
    assert.equal(await troubleOf(machine(ending(40), started + scheduled)), undefined);
  });

  test("are judged by all that systemd has counted where no journal is kept", async () => {
    assert.equal(await troubleOf(machine(ending(40))), "ends again and again, 41 times so far (exit-code, 1)");
  });

  test("are not said to be well when systemd does not answer", async () => {
    assert.deepEqual(await lookAtOwnProcesses(machine(new Error("Failed to connect to bus: no such file")), () => []), {
      all: [],
      unknown: "systemd does not say how they fare: Failed to connect to bus: no such file",
    });
  });
});
