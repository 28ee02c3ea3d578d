import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { slowness } from "../../lab/patience.ts";
import type { Ran } from "../../lab/run.ts";
import { awaitHosts, eventually } from "./estate/estate.ts";

/** Starts what is process 1 of processes of its own, and hides that systemd runs the machine. */
async function withoutSystemd(web: TestHost): Promise<(args: readonly string[], input?: string) => Promise<Ran>> {
  const unit = "other.service";
  const idle = "while :; do sleep 1; done";
  const other = ["unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", idle] as const;
  await web.must("systemd-run", "--quiet", `--unit=${unit}`, ...other);
  const parent = (await web.must("systemctl", "show", "--property=MainPID", "--value", unit)).trim();
  const first = (await web.must("sh", "-c", `until pgrep --parent ${parent}; do :; done`)).trim();
  // Programs look at this to learn whether systemd runs the machine (sd_booted(3)), apache2ctl(8) at process 1.
  await web.must("mv", "/run/systemd/system", "/run/systemd/away");
  return (args, input) =>
    web.exec(["nsenter", `--target=${first}`, "--pid", "--mount", "/opt/upkeep/upkeep", ...args], input);
}

const servers = { apache: "/run/apache2/apache2.pid", nginx: "/run/nginx.pid" } as const;

for (const [server, pidFile] of Object.entries(servers)) {
  describe(`without systemd, ${server} and what it needs are run by their own commands`, () => {
    let lab: Lab<"web1">;
    let web: TestHost;
    /** Runs Upkeep where process 1 is no systemd. */
    let upkeep: (args: readonly string[], input?: string) => Promise<Ran>;
    before(async () => {
      lab = await openLab({ web1: "none" });
      web = lab.hosts.web1;
      upkeep = await withoutSystemd(web);
    });
    after(() => lab.close());

    const home = "/home/bare-example-com/bare.example.com";
    const site = (round: number) =>
      `kind: Site\nname: bare.example.com\nspec: {server: ${server}, cgi: true, php: {memory: ${64 + round}M}}\n`;

    test("a site with PHP and programs goes live, though nothing ran before", async () => {
      const { code, stdout, stderr } = await upkeep(["apply", "-"], site(0));
      assert.equal(code, 0, stdout.slice(-1000) + stderr);
      web.write(`${home}/htdocs/limit.php`, "<?= ini_get('memory_limit'), get_current_user();");
      web.write(`${home}/cgi-bin/who`, "#!/bin/sh\necho Content-Type: text/plain\necho\nid -un\n", 0o755);
      await web.must("chown", "-R", "bare-example-com:", `${home}/htdocs`, `${home}/cgi-bin`);
      assert.equal((await web.ask("http://bare.example.com/limit.php")).body, "64Mbare-example-com");
      assert.equal((await web.ask("http://bare.example.com/cgi-bin/who")).body.trim(), "bare-example-com");
    });

    test("change after change is taken over, by the server that runs already", async () => {
      const master = await web.must("cat", pidFile);
      for (let round = 1; round <= 12; round++) {
        const { code, stdout, stderr } = await upkeep(["apply", "-"], site(round));
        assert.equal(code, 0, `round ${round}: ${stdout.slice(-500)}${stderr}`);
        assert.equal((await web.ask("http://bare.example.com/limit.php")).body, `${64 + round}Mbare-example-com`);
      }
      assert.equal(await web.must("cat", pidFile), master, "reloaded, not started again");
    });

    test("a maintenance with an end ends by itself", async () => {
      const status = async () => (await web.ask("http://bare.example.com/")).status;
      const time = `${Math.ceil(4 * slowness())}s`;
      const { code, stdout, stderr } = await upkeep(["maintenance", "on", "bare.example.com", "--for", time]);
      assert.equal(code, 0, stdout + stderr);
      assert.equal(await status(), 503);
      await eventually("the maintenance has ended", async () => (await status()) === 200, 60_000);
      assert.equal((await upkeep(["delete", "Maintenance", "bare.example.com"])).code, 0);
    });

    test("a link lets one browser in, and who kept the door goes with it", async () => {
      assert.equal((await upkeep(["maintenance", "on", "bare.example.com", "--secret"])).code, 0);
      const { stdout } = await upkeep(["maintenance", "link", "bare.example.com"]);
      const link = `http://bare.example.com${/\/\.maintenance\/\S+/.exec(stdout)![0]}`;
      await eventually(
        "the door is kept",
        async () => (await web.exec(["ls", "/run/upkeep-door/door.sock"])).code === 0,
      );
      const { status, headers } = await web.ask(link);
      assert.equal(status, 303);
      const cookie = headers["set-cookie"]!.split(";")[0]!;
      assert.equal((await web.ask("http://bare.example.com/limit.php", { headers: { cookie } })).status, 200);
      assert.equal((await web.ask(link)).status, 503);
      assert.equal((await upkeep(["delete", "Maintenance", "bare.example.com"])).code, 0);
      assert.notEqual((await web.exec(["pgrep", "-u", "upkeep-door"])).code, 0);
    });

    test("a jail keeps somebody out, and what looked goes with it", async () => {
      web.write("/var/log/app.log", "");
      const jail =
        "kind: Jail\nname: app\nspec: {filter: {failregex: ['^ bad <ADDR>$']}, logs: [/var/log/app.log], maxRetry: 2}\n";
      const { code, stdout, stderr } = await upkeep(["apply", "-"], jail);
      assert.equal(code, 0, stdout.slice(-1000) + stderr);
      await eventually("somebody looks", async () => (await web.exec(["pgrep", "--full", "watch --eyes"])).code === 0);
      web.write("/var/log/app.log", `${new Date().toISOString()} bad 192.0.2.66\n`.repeat(2));
      await eventually("they are kept out", async () =>
        (await web.exec(["nft", "list", "table", "inet", "upkeep_bans"])).stdout.includes("192.0.2.66"),
      );
      // Nobody starts it again here: it is seen, and an apply puts it right.
      await web.must("pkill", "--signal", "KILL", "--full", "upkeep.* watch");
      await eventually("it is seen", async () => {
        const { code: wrong, stdout: says } = await upkeep(["status"]);
        return (
          wrong === 3 && /Failed Jail\/app\n {2}what watches this machine \(upkeep-watches\) does not run/.test(says)
        );
      });
      assert.equal((await upkeep(["apply"])).code, 0);
      await eventually("all is well again", async () => (await upkeep(["status"])).code === 0);
      assert.equal((await upkeep(["delete", "Jail", "app"])).code, 0);
      assert.notEqual((await web.exec(["pgrep", "--full", "upkeep.* watch"])).code, 0);
    });

    test("it goes again, and what ran for it alone", async () => {
      const { code, stdout, stderr } = await upkeep(["delete", "Site", "bare.example.com"]);
      assert.equal(code, 0, stdout.slice(-1000) + stderr);
      assert.notEqual((await web.exec(["pgrep", "-u", "bare-example-com"])).code, 0, "nothing runs as its user");
      assert.equal((await upkeep(["plan"])).code, 0);
    });
  });
}

test("without systemd, a machine is its own first host, by what else runs its programs", async (t) => {
  const lab = await openLab({ web1: "none" });
  t.after(() => lab.close());
  const { web1 } = lab.hosts;
  const upkeep = await withoutSystemd(web1);
  const setUp = await upkeep(["install", "server"]);
  assert.equal(setUp.code, 0, setUp.stdout + setUp.stderr);
  assert.match(setUp.stdout, /There is no systemd here\. .* run as root: upkeep serve/);
  const serving = upkeep(["serve"]);
  await eventually("the control plane runs", async () => (await upkeep(["status"])).code === 0);
  const joined = await upkeep(["install", "agent"]);
  assert.match(joined.stdout, /This machine is web1\. There is no systemd here\. .*: upkeep agent/, joined.stderr);
  const keeping = upkeep(["agent"]);
  await awaitHosts(web1, ["web1"]);
  const { code, stdout, stderr } = await upkeep(["apply", "-"], "kind: Site\nname: bare.example.com\nhost: web1\n");
  assert.equal(code, 0, stdout + stderr);
  assert.equal((await web1.ask("http://bare.example.com/")).status, 200);
  await web1.must("pkill", "-TERM", "-f", "main.js (serve|agent)");
  for (const { code: ended, stderr: said } of await Promise.all([serving, keeping])) assert.equal(ended, 0, said);
});
