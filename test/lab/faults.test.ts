import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";

const servers = {
  apache: {
    unit: "apache2",
    pidFile: "/run/apache2/apache2.pid",
    directory: "/etc/apache2",
    checker: "/usr/sbin/apache2ctl",
    port: "Listen 81",
  },
  nginx: { unit: "nginx", pidFile: "/run/nginx.pid", directory: "/etc/nginx", checker: "/usr/sbin/nginx", port: "" },
} as const;

for (const [server, { unit, pidFile, directory, checker }] of Object.entries(servers)) {
  describe(`when things go wrong around ${server}, the old state goes on serving`, () => {
    let lab: Lab<"web1">;
    let web: TestHost;
    const neighbour = "kind: Site\nname: neighbour.example.com\nspec: {headers: {X-Version: '1'}}\n";
    const changed = neighbour.replace("'1'", "'2'");
    const added = "kind: Site\nname: added.example.com\n";

    before(async () => {
      lab = await openLab({ web1: unit });
      web = lab.hosts.web1;
      assert.equal((await web.apply(neighbour)).code, 0);
    });
    after(() => lab.close());

    /** The neighbour answers as before, no new file is there, and nothing is left over beside the old ones. */
    async function nothingChanged(): Promise<void> {
      assert.equal((await web.ask("http://neighbour.example.com/")).headers["x-version"], "1");
      const names = await web.must("find", directory, "-name", "*added*", "-o", "-name", "*.upkeep-*");
      assert.equal(names, "");
      const { stdout } = await web.exec(["getent", "passwd", "added-example-com"]);
      assert.equal(stdout, "");
    }

    test("a full disk below /etc", async () => {
      // A small file system of its own where the sites' files go, with not a byte to spare.
      await web.must("mount", "-t", "tmpfs", "-o", "size=64k,mode=0755", "tmpfs", "/mnt");
      await web.must("cp", "-a", `${directory}/upkeep/.`, "/mnt/");
      await web.must("mount", "--bind", "/mnt", `${directory}/upkeep`);
      await web.exec(["dd", "if=/dev/zero", `of=${directory}/upkeep/filler`, "bs=1k"]);
      for (const yaml of [added, changed]) {
        const { code, stderr } = await web.apply(yaml);
        assert.equal(code, 1);
        assert.match(stderr, /ENOSPC|no space left/i);
        assert.match(stderr, /Nothing was changed/);
        await nothingChanged();
      }
      await web.must("umount", `${directory}/upkeep`);
      await web.must("umount", "/mnt");
    });

    test("a read-only /etc", async () => {
      await web.must("mount", "--bind", directory, directory);
      await web.must("mount", "-o", "remount,ro,bind", directory);
      const { code, stderr } = await web.apply(added);
      assert.equal(code, 1);
      assert.match(stderr, /EROFS|read-only/i);
      await web.must("umount", directory);
      await nothingChanged();
    });

    test("a checker that is missing", async () => {
      await web.must("mv", checker, `${checker}.away`);
      const { code, stderr } = await web.apply(added);
      await web.must("mv", `${checker}.away`, checker);
      assert.equal(code, 1);
      assert.match(stderr, /is missing, so nothing can be checked, and nothing was changed/);
      await nothingChanged();
    });

    test("a daemon that dies on reload is started again with what it had", async () => {
      // Killed when it has been told to reload and has not yet: a bug of its own, an out-of-memory killer.
      const master = (await web.must("cat", pidFile)).trim();
      await web.must("kill", "-STOP", master);
      const killer = web.exec([
        "sh",
        "-c",
        `while grep -q "^ShdPnd:[[:space:]]*0*$" /proc/${master}/status; do :; done; kill -9 -- -${master} ${master} 2>/dev/null; pkill -9 ${unit}`,
      ]);
      const { code, stdout } = await web.apply(added);
      await killer;
      assert.equal(code, 1, stdout);
      assert.match(stdout, /Taken back/);
      assert.match(stdout, /died (on|before it could) reload|nothing listens|ECONNRESET/);
      await nothingChanged();
    });

    test("a reload that hangs", async () => {
      const master = (await web.must("cat", pidFile)).trim();
      await web.must("kill", "-STOP", master);
      web.write("/etc/upkeep/host.yaml", "daemons: {reloadSeconds: 2}\n");
      const { code, stdout } = await web.apply(added);
      await web.must("rm", "/etc/upkeep/host.yaml");
      await web.must("kill", "-CONT", master);
      assert.equal(code, 1, stdout);
      assert.match(stdout, /did not reload within 2 s/);
      await nothingChanged();
    });

    test("a port that another program has taken", async () => {
      await web.certificate("x", "x");
      await web.must(
        "systemd-run",
        "--unit=squatter",
        "--quiet",
        "/opt/upkeep/node_modules/.bin/node",
        "-e",
        "require('net').createServer().listen(443)",
      );
      const { code, stderr } = await web.apply(
        "kind: Site\nname: added.example.com\nspec: {tls: {certificate: /etc/ssl/x.pem, key: /etc/ssl/x.key}}\n",
      );
      await web.must("systemctl", "stop", "squatter");
      assert.equal(code, 1);
      assert.match(stderr, /port 443 .*node/);
      await nothingChanged();
    });

    test("a server that is being started while it is applied is not held against itself", async () => {
      // It listens before it writes down which process it is, as at boot.
      const pid = await web.must("cat", pidFile);
      await web.must("rm", pidFile);
      const applying = web.apply(changed);
      await web.must("sleep", "2");
      web.write(pidFile, pid);
      const { code, stdout, stderr } = await applying;
      assert.equal(code, 0, stdout + stderr);
      assert.equal((await web.ask("http://neighbour.example.com/")).headers["x-version"], "2");
      assert.equal((await web.apply(neighbour)).code, 0);
      await nothingChanged();
    });

    test("a site that does not answer as its own record says is taken back, and the condition says why", async () => {
      // Whoever has an address of its own gets all requests to it, whatever their host name; no checker minds.
      const stolen =
        server === "apache"
          ? "<VirtualHost 127.0.0.1:80>\nRedirect 404 /\n</VirtualHost>\n"
          : "server { listen 127.0.0.1:80; return 404; }\n";
      const place = `${directory}/sites-enabled/000-other.conf`;
      web.write(place, stolen);
      const { code, stdout } = await web.apply(added);
      await web.must("rm", place);
      await web.must("systemctl", "restart", unit);
      assert.equal(code, 1);
      assert.match(stdout, /Taken back/);
      assert.match(stdout, /answered 404, expected 204/);
      await nothingChanged();
      const { stdout: status } = await web.upkeep("status");
      assert.match(
        status,
        /Failed Site\/added\.example\.com\n {2}taken back: Site\/added\.example\.com: added\.example\.com answers with this configuration/,
      );
    });

    test("a change that takes another site's answers away is taken back", async () => {
      // Apache: a rule in the server's own context. nginx: a second server for the neighbour's name, read first.
      const custom =
        server === "apache"
          ? '"</VirtualHost>", "<VirtualHost *:80>", "ServerName neighbour.example.com"'
          : '"}", "server {", "listen 80;", "server_name neighbour.example.com;"';
      const { code, stdout } = await web.apply(
        `kind: Site\nname: aaa-added.example.com\nspec: {custom: [${custom}]}\n`,
      );
      assert.equal(code, 1, stdout.slice(-800));
      assert.match(stdout, /Site\/neighbour\.example\.com answered before and no longer does/);
      await nothingChanged();
      await web.upkeep("delete", "Site", "aaa-added.example.com");
    });

    test("after all that, the same apply simply works", async () => {
      await web.must("systemctl", "restart", unit);
      assert.equal((await web.apply(added)).code, 0);
      assert.equal((await web.ask("http://added.example.com/")).status, 200);
    });
  });
}
