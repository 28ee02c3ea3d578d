import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab } from "../../lab/lab.ts";
import { printToken } from "../../src/bus/joining.ts";
import { awaitHosts, eventually, joinHost, upkeep } from "./estate/estate.ts";

const port = 4333;

describe("NATS servers that are there already", () => {
  let lab: Lab<"control" | "nats" | "web1">;
  before(async () => {
    lab = await openLab({ control: "none", nats: "none", web1: "apache2" });
    const { nats, control } = lab.hosts;
    await nats.must("mkdir", "/etc/nats");
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"] as const;
    const make = (...argv: string[]) => nats.must("openssl", "req", "-x509", ...key, ...argv);
    await make("-subj", "/CN=Somebody's authority", "-keyout", "/etc/nats/ca.key", "-out", "/etc/nats/ca.pem");
    await make(
      ...["-CA", "/etc/nats/ca.pem", "-CAkey", "/etc/nats/ca.key", "-subj", "/CN=nats"],
      ...["-addext", `subjectAltName=IP:${nats.address}`, "-addext", "basicConstraints=critical,CA:FALSE"],
      ...["-keyout", "/etc/nats/server.key", "-out", "/etc/nats/server.pem"],
    );
    nats.write(
      "/etc/nats/nats.conf",
      `listen: 0.0.0.0:${port}\nmax_payload: 8MB\njetstream { store_dir: /var/lib/nats }\ntls { cert_file: /etc/nats/server.pem, key_file: /etc/nats/server.key }\ninclude users.conf\n`,
    );
    nats.write(
      "/etc/systemd/system/somebodys-nats.service",
      "[Service]\nExecStart=/usr/sbin/nats-server --config /etc/nats/nats.conf\nExecReload=/bin/kill -HUP $MAINPID\n",
    );
    control.write("/etc/nats-ca.pem", await nats.must("cat", "/etc/nats/ca.pem"));
  });
  after(() => lab?.close());

  const letIn = async () => {
    const { control, nats } = lab.hosts;
    nats.write("/etc/nats/users.conf", await control.must(...upkeep, "install", "users"));
    await nats.must("systemctl", "reload-or-restart", "somebodys-nats");
  };

  test("carry an estate as Upkeep's own do", async () => {
    const { control, nats, web1 } = lab.hosts;
    const servers = `tls://${nats.address}:${port}`;
    await control.must(...upkeep, "install", "server", "--bus", servers, "--authority", "/etc/nats-ca.pem");
    await letIn();
    await control.must(...upkeep, "host", "add", "web1");
    await joinHost(control, web1);
    await letIn();
    await awaitHosts(control, ["web1"]);
    const { code, stdout, stderr } = await control.apply("kind: Site\nname: shop.example.com\nhost: web1\n");
    assert.equal(code, 0, stdout + stderr);
    assert.equal((await web1.ask("http://shop.example.com/")).status, 200);
  });

  test("let in nobody whom the estate has removed, once they have been told", async () => {
    const { control, web1 } = lab.hosts;
    await control.must(...upkeep, "delete", "Site", "shop.example.com");
    await control.must(...upkeep, "host", "remove", "web1");
    await letIn();
    await eventually("web1 is not connected", async () =>
      /not connected/.test((await web1.must("journalctl", "-u", "upkeep-agent")).split("\n").at(-2)!),
    );
  });

  test("that have no TLS are not spoken to, whatever they are called", async () => {
    const { nats, web1 } = lab.hosts;
    await nats.must("systemd-run", "--quiet", "nats-server", "--addr", "0.0.0.0", "--port", "4444");
    for (const scheme of ["nats", "tls"]) {
      const servers = [`${scheme}://${nats.address}:4444`];
      const token = printToken({ host: "web1", servers, password: "x", secret: "0".repeat(32) });
      const { code, stderr } = await web1.upkeep("install", "agent", "--token", token);
      assert.equal(code, 1);
      assert.match(stderr, /cannot be reached from here: server does not support 'tls'/);
    }
    const { code, stderr } = await web1.upkeep("install", "server", "--bus", "http://198.51.100.11:4222");
    assert.equal(code, 1);
    assert.match(stderr, /bus\.servers\.0 must be like tls:\/\/198\.51\.100\.2:4222/);
  });
});
