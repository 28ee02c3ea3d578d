import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { commands } from "../../src/cli/commands.ts";

describe("what Upkeep says about itself and the machine", () => {
  let lab: Lab<"web1">;
  let web: TestHost;
  before(async () => {
    lab = await openLab({ web1: "nginx" });
    web = lab.hosts.web1;
  });
  after(() => lab.close());

  test("the version, for people and for programs", async () => {
    const { stdout } = await web.upkeep("version");
    const { version, node } = JSON.parse((await web.upkeep("version", "--json")).stdout);
    assert.equal(stdout, `upkeep ${version}\n`);
    assert.match(node, /^2[4-9]\./);
  });

  test("the doctor finds a fresh host well and leaves no trace", async () => {
    const { code, stdout } = await web.upkeep("doctor");
    assert.equal(code, 0, stdout);
    assert.match(stdout, new RegExp(`^ok +system +${web.release.name}$`, "m"));
    assert.match(stdout, /^ok +private check +works/m);
    assert.match(stdout, /^ok +port 80 +nginx listens$/m);
    assert.equal((await web.exec(["test", "-e", "/var/lib/upkeep"])).code, 1);
  });

  test("the doctor names who keeps the web server from its port, and fails", async () => {
    await web.must("systemctl", "stop", "nginx");
    web.write("/root/squatter.conf", 'server.document-root = "/var/www"\nserver.port = 80\n');
    await web.must("systemd-run", "--quiet", "--unit=squatter", "lighttpd", "-D", "-f", "/root/squatter.conf");
    await web.answers(80);
    const { code, stdout } = await web.upkeep("doctor", "--json");
    assert.equal(code, 1);
    const bad = (JSON.parse(stdout) as { verdict: string; what: string; says: string }[]).filter(
      ({ verdict }) => verdict === "bad",
    );
    assert.deepEqual(bad, [{ verdict: "bad", what: "port 80", says: "lighttpd listens, so no web server can" }]);
  });

  test("bash completes commands; zsh and fish are told all of them", async () => {
    web.write("/root/complete.sh", (await web.upkeep("completion", "bash")).stdout);
    const { stdout } = await web.exec([
      "bash",
      "-c",
      'source /root/complete.sh; COMP_WORDS=(upkeep roll); COMP_CWORD=1; $(complete -p upkeep | sed "s/.*-F \\([^ ]*\\).*/\\1/"); echo "${COMPREPLY[@]}"',
    ]);
    assert.equal(stdout.trim(), "rollback");
    for (const shell of ["zsh", "fish"]) {
      const script = (await web.upkeep("completion", shell)).stdout;
      for (const { name } of commands) assert.match(script, new RegExp(`\\b${name}\\b`), `${shell}: ${name}`);
    }
    const { code, stderr } = await web.upkeep("completion", "tcsh");
    assert.equal(code, 1);
    assert.match(stderr, /bash, zsh and fish, not for "tcsh"/);
  });
});
