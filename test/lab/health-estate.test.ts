import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TestHost } from "../../lab/lab.ts";
import { eventually, openEstate, type TestEstate } from "./estate/estate.ts";
import { start } from "./pools/name-servers.ts";

const dropIn = (service: string) => `/etc/systemd/system/${service}.service.d/broken.conf`;

/** Has a service end whenever it is started. */
async function breakService(host: TestHost, service: string, lines: string): Promise<void> {
  host.write(dropIn(service), `[Service]\n${lines}`);
  await host.must("systemctl", "daemon-reload");
  await host.exec(["systemctl", "restart", service]);
}

async function repairService(host: TestHost, service: string): Promise<void> {
  await host.must("rm", dropIn(service));
  await host.must("systemctl", "daemon-reload");
  await host.must("systemctl", "restart", service);
}

const dies = 'ExecStart=\nExecStart=/bin/sh -c "echo no memory left >&2; exit 3"\n';

describe("the control plane sees what dies on its hosts, and on its own machine", () => {
  let estate: TestEstate<"web1">;
  let control: TestHost;
  let web1: TestHost;
  const status = async () => {
    const { code, stdout, stderr } = await control.upkeep("status");
    return { code, text: stdout + stderr };
  };
  const events = async () => (await control.upkeep("events", "--limit", "200")).stdout;
  const allIsWell = () => eventually("all is well", async () => (await status()).code === 0, 120_000);

  before(async () => {
    estate = await openEstate(["web1"]);
    ({ control } = estate);
    ({ web1 } = estate.hosts);
    await start(web1, "ssh");
    const { code, stdout, stderr } = await control.apply(
      "kind: KeyWatch\nname: ssh\nhost: web1\n---\nkind: Jail\nname: sshd\nhost: web1\n",
    );
    assert.equal(code, 0, stdout + stderr);
    await allIsWell();
  });
  after(() => estate?.close());

  test("a reader that may not become somebody else", async () => {
    await breakService(web1, "upkeep-watches", "CapabilityBoundingSet=~CAP_SETUID\n");
    await eventually(
      "the record has failed",
      async () => /Failed KeyWatch\/ssh on web1\n {2}the reader.*setpriv/.test((await status()).text),
      60_000,
    );
    assert.equal((await status()).code, 3);
    assert.match((await control.upkeep("keys")).stderr, /Failed KeyWatch\/ssh on web1: the reader/);
    assert.match((await control.upkeep("metrics")).stdout, /upkeep_resources\{host="web1",condition="Failed"\} 2/);
    await eventually("an event says it", async () => /web1 .*failing +the reader of logs/.test(await events()), 60_000);
    await repairService(web1, "upkeep-watches");
    await allIsWell();
    await eventually(
      "an event says that it works again",
      async () => /web1 .*recovered +the reader/.test(await events()),
      60_000,
    );
  });

  test("a guard that does not come to life: the agent tells of it", async () => {
    await breakService(web1, "upkeep-watches", dies);
    await eventually(
      "the records have failed",
      async () =>
        /Failed Jail\/sshd on web1\n {2}what watches this machine.*again and again.*no memory left/.test(
          (await status()).text,
        ),
      60_000,
    );
    await eventually(
      "an event says it",
      async () => /web1 .*failing +what watches this machine.*no memory left/.test(await events()),
      60_000,
    );
    await repairService(web1, "upkeep-watches");
    await allIsWell();
    await eventually(
      "an event says that it works again",
      async () => /web1 .*recovered +what watches this machine/.test(await events()),
      120_000,
    );
  });

  test("an agent that does not come to life: its host says so, and the control plane does not see it", async () => {
    await breakService(web1, "upkeep-agent", dies);
    await eventually("its host says so", async () => {
      const { code, stdout } = await web1.upkeep("status");
      return code === 3 && /upkeep-agent ends again and again, .*no memory left/.test(stdout);
    });
    await eventually("the control plane sees it no longer", async () => (await status()).code === 3, 60_000);
    await eventually(
      "the guard has written it down",
      async () => /failing +Upkeep's service upkeep-agent/.test((await web1.upkeep("events")).stdout),
      60_000,
    );
    await repairService(web1, "upkeep-agent");
    await allIsWell();
  });

  test("the bus is down", async () => {
    await control.must("systemctl", "stop", "upkeep-nats");
    const { code, text } = await status();
    assert.equal(code, 3);
    assert.match(text, /upkeep-nats does not run: somebody has stopped it/);
    await control.must("systemctl", "start", "upkeep-nats");
    await allIsWell();
  });

  test("a control plane that does not come to life: commands say so with its own words", async () => {
    await breakService(control, "upkeep-server", dies);
    await eventually(
      "it is said",
      async () => {
        const { code, text } = await status();
        return code === 1 && /upkeep-server ends again and again, .*no memory left/.test(text);
      },
      120_000,
    );
    await repairService(control, "upkeep-server");
    await allIsWell();
  });
});
