import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab/lab.ts";
import type { RunRecord } from "../../src/model/run.ts";
import { eventually } from "./estate/estate.ts";
import { migrate, names, newestRun, nothingIsLost, servedFrom, visiting } from "./migrate-site/moves.ts";
import { addressOf, giveOut, letIn, type Names, openWorld, sql } from "./migrate-site/world.ts";

let lab: Lab<Names>;
let hosts: Lab<Names>["hosts"];

before(async () => {
  lab = await openWorld({ uploads: 40, posts: 2_000 });
  hosts = lab.hosts;
});
after(() => lab?.close());

const underWay = (run: RunRecord | undefined) => run?.steps.filter(({ state }) => state === "started");

const everything = async (host: "old1" | "new1") => [
  await sql(hosts[host], "mariadb", "shop", "SELECT COUNT(*), SUM(CRC32(data)) FROM wp_blobs"),
  await sql(hosts[host], "postgres", "app", "SELECT count(*), sum(length(name)) FROM owners"),
  (
    await hosts[host].exec([
      "bash",
      "-c",
      "cd /home/shop-example-com/shop.example.com/htdocs && find . -type f ! -path './log/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum",
    ])
  ).stdout,
];

describe("two sites, one with MariaDB and one with PostgreSQL and a certificate", () => {
  test("are looked at first, with what would move, what would not, and each step", async () => {
    const { code, stdout, stderr } = await migrate(hosts, "--plan");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /shop\.example\.com: \d,\d\d\d files, \d+ MB, as shop-example-com/);
    assert.match(stdout, /app\.example\.com: certificate \/etc\/ssl\/own\/app\.pem and its key, good until/);
    assert.match(stdout, /the crontab of shop-example-com, at the switch/);
    assert.match(stdout, /\d+\. offline: shop\.example\.com {2}visitors: they get a page/);
    assert.match(stdout, /THE POINT OF NO RETURN/);
    assert.equal(await newestRun(hosts.new1), undefined);
  });

  test("cannot begin where something is in the way, and nothing is changed then", async () => {
    await sql(hosts.new1, "mariadb", "mysql", "CREATE DATABASE shop;");
    const { code, stderr } = await migrate(hosts);
    assert.equal(code, 1);
    assert.match(stderr, /there is a database shop here already; what is in it would be lost/);
    await sql(hosts.new1, "mariadb", "mysql", "DROP DATABASE shop;");
  });

  test("move while people visit and write: no request fails but for the page, and nothing is lost", async () => {
    const enough = visiting(hosts);
    const { stderr } = await migrate(hosts, "--watch=2s", "--back=1h");
    assert.match(stderr, /Run 1 goes on by itself now/);
    await eventually("it is there", async () => (await newestRun(hosts.new1))?.awaits?.for === "time", 60_000);
    const seen = await enough();
    assert.deepEqual(seen.failures, []);
    await servedFrom(hosts, "new1");
    await nothingIsLost(hosts.new1, seen);
    assert.deepEqual(await everything("new1"), await everything("old1"));
    assert.match((await hosts.new1.exec(["crontab", "-u", "shop-example-com", "-l"])).stdout, /17 3/);
    assert.notEqual((await hosts.old1.exec(["crontab", "-u", "shop-example-com", "-l"])).code, 0);
    assert.equal(
      await sql(hosts.new1, "mariadb", "shop", "SHOW TRIGGERS LIKE 'wp_comments'").then((text) => text.split("\t")[0]),
      "wp_audited",
    );
    const report = (await hosts.new1.upkeep("runs", "report", "1")).stdout;
    assert.match(report, /shop: \d+ rows in \d+ tables, checksum [0-9a-f]{16} on both hosts/);
  });

  test("know who visits, though the old host passes it on", async () => {
    const { stdout } = await hosts.visitor.exec([
      "curl",
      "-sk",
      "--resolve",
      `app.example.com:443:${hosts.old1.address}`,
      "https://app.example.com/?who",
    ]);
    assert.match(stdout, new RegExp(`You come from ${hosts.visitor.address.replaceAll(".", "\\.")}`));
  });

  test("have a key between their hosts that is good for nothing else", async () => {
    const { new1, old1 } = hosts;
    const line = (await old1.must("cat", "/root/.ssh/authorized_keys")).trim().split("\n").at(-1)!;
    assert.match(
      line,
      new RegExp(`^restrict,from="${new1.address}",port-forwarding,permitopen="127\\.0\\.0\\.1:\\d+",permitopen=`),
    );
    const [, move] = /upkeep-(m[0-9a-f]{8})$/.exec(line)!;
    const key = `/var/lib/upkeep/moves/${move}/key`;
    const ssh = ["ssh", "-i", key, "-o", "IdentitiesOnly=yes", "-o", "ControlPath=none"] as const;
    const order = async (value: object) => {
      const { stdout } = await new1.exec([...ssh, `root@${old1.address}`, "anything"], `${JSON.stringify(value)}\n`);
      return (JSON.parse(stdout) as { problem?: string }).problem;
    };
    const site = (spec: unknown) => ({ do: "state", records: [{ kind: "Site", name: "shop.example.com", spec }] });
    assert.match((await order({ ...site({}), before: 1 })) ?? "", /comes too late/);
    assert.match((await order({ do: "look", sites: "all" })) ?? "", /is not for all sites/);
    assert.match(
      (await order({ do: "crontab", user: "root", text: "* * * * * id\n" })) ?? "",
      /is not for the crontab of root/,
    );
    assert.match(
      (await order({ do: "describe", dialect: "mysql", name: "mysql" })) ?? "",
      /is not for the database mysql/,
    );
    assert.match(
      (await order({ do: "state", records: [{ kind: "Site", name: "x.example.com", spec: {} }] })) ?? "",
      /is not for Site\/x\.example\.com/,
    );
    assert.match(
      (await order({ do: "open", move, key: "ssh-ed25519 AAAA", sites: ["shop.example.com"], databases: [] })) ?? "",
      /is not for other keys/,
    );
    assert.match((await order({ do: "run", argv: ["id"] })) ?? "", /does not understand/);
    const rsync = (path: string, ...more: string[]) =>
      new1.exec([
        "rsync",
        "-rl",
        ...more,
        "-e",
        ssh.join(" "),
        "--rsync-path=upkeep-rsync shop.example.com",
        `root@${old1.address}:${path}`,
        "/root/taken/",
      ]);
    for (const attempt of [
      await rsync("/etc/"),
      await rsync("/home/shop-example-com/shop.example.com/../"),
      await rsync("/home/shop-example-com/shop.example.com/", "--copy-links"),
    ])
      assert.match(attempt.stderr, /this key is for \/home\/shop-example-com\/shop\.example\.com\/ alone/);
    const elsewhere = await new1.exec([
      ...ssh,
      "-o",
      "ExitOnForwardFailure=yes",
      "-W",
      "127.0.0.1:22",
      `root@${old1.address}`,
    ]);
    assert.notEqual(elsewhere.code, 0);
    assert.doesNotMatch(elsewhere.stdout, /SSH-2/);
  });

  test("go back with all that was written meanwhile, when somebody says so", async () => {
    const enough = visiting(hosts);
    const { stdout, stderr } = await hosts.new1.upkeep("runs", "undo", "1");
    const seen = await enough();
    assert.equal((await newestRun(hosts.new1))?.state, "undone", stdout + stderr);
    assert.deepEqual(seen.failures, []);
    await servedFrom(hosts, "old1");
    await nothingIsLost(hosts.old1, seen);
    assert.equal(await sql(hosts.new1, "mariadb", "mysql", "SHOW DATABASES LIKE 'shop'"), "");
    assert.equal((await hosts.new1.exec(["test", "-e", "/home/shop-example-com/shop.example.com"])).code, 1);
    assert.doesNotMatch(await hosts.old1.must("cat", "/root/.ssh/authorized_keys"), /upkeep/);
    assert.equal(
      await sql(hosts.old1, "mariadb", "mysql", "SELECT COUNT(*) FROM mysql.user WHERE user LIKE 'upkeep%'"),
      "0",
    );
  });

  test("move for good: asked where pages differ, with a mirror of others; days later the old host is left by itself", async () => {
    const { old1, new1, visitor } = hosts;
    const page = "/home/app-example-com/app.example.com/htdocs/where.php";
    old1.write(page, "<?php echo str_repeat(gethostname() . ' ' . php_sapi_name() . ' ', 20);");
    await old1.must("chown", "app-example-com:", page);
    for (let visit = 0; visit < 3; visit++) await old1.ask("https://app.example.com/where.php");
    await giveOut(visitor, ["shop", "www.shop", "app"], [old1.address, visitor.address]);
    const { stderr } = await migrate(hosts, "--watch=1s", "--back=2s", "--proxy=4s", `--mirrors=${visitor.address}`);
    assert.match(stderr, /Run 2 is waiting/);
    assert.equal(await addressOf(visitor, "shop.example.com"), old1.address);
    const asking = await newestRun(new1);
    assert.ok(asking?.awaits?.for === "person");
    assert.match(
      asking.awaits.says,
      /^1 of 3 pages differ: \/where\.php: \d+ % of the text is the same\. Look at the site on/,
    );
    await new1.upkeep("runs", "continue", "2");
    await eventually(
      "it waits for the mirror",
      async () => /mirror \S+ has followed/.test(JSON.stringify(underWay(await newestRun(new1)))),
      60_000,
    );
    assert.equal(await addressOf(visitor, "shop.example.com"), new1.address);
    visitor.write(
      "/etc/nginx/sites-enabled/mirror",
      `server { listen 443 ssl; server_name app.example.com; ssl_certificate /etc/ssl/certs/ssl-cert-snakeoil.pem; ssl_certificate_key /etc/ssl/private/ssl-cert-snakeoil.key; location / { proxy_set_header Host app.example.com; proxy_ssl_server_name on; proxy_ssl_name app.example.com; proxy_pass https://${new1.address}; } }\n`,
    );
    await visitor.must("systemctl", "start", "nginx");
    await eventually("it is over", async () => (await newestRun(new1))?.state === "done", 60_000);
    assert.deepEqual(
      (await addressOf(visitor, "shop.example.com")).split("\n").sort(),
      [new1.address, visitor.address].sort(),
    );
    assert.equal(
      await old1.upkeep("get", "Site").then(({ stdout }) => stdout.trim()),
      "Nothing is stated yet. Try: upkeep apply examples/first-site.yaml",
    );
    assert.equal(
      (await old1.exec(["test", "-e", "/home/shop-example-com/shop.example.com/htdocs/wp-config.php"])).code,
      0,
    );
    assert.doesNotMatch(await old1.must("cat", "/root/.ssh/authorized_keys"), /upkeep/);
    assert.doesNotMatch((await new1.upkeep("get", "Site", "shop.example.com")).stdout, /trustedProxies/);
    assert.equal((await new1.exec(["systemctl", "is-enabled", "upkeep-run@2"])).stdout.trim(), "disabled");
    const late = await new1.upkeep("runs", "undo", "2");
    assert.match(late.stdout, /what went before "no way back" cannot be taken back any longer/);
    assert.deepEqual([late.code, (await newestRun(new1))?.state], [1, "done"]);
  });

  test("move back with all that the host has, in one command: its jails and secrets, too", async () => {
    const { old1, new1, visitor } = hosts;
    old1.write("/etc/upkeep/dns.key", await new1.must("cat", "/etc/upkeep/dns.key"), 0o600);
    await giveOut(visitor, ["shop", "www.shop", "app"], [new1.address]);
    const back = ["migrate-server", `--from=root@${new1.address}`, ...names(visitor)] as const;
    await letIn(old1, new1);
    const hash = (await new1.exec(["/opt/upkeep/upkeep", "hash-password"], "secret\n")).stdout.trim();
    const shop = `kind: Site\nname: shop.example.com\nspec:\n  aliases: [www.shop.example.com]\n  php: {children: 6}\n  basicAuth: {users: {ann: "${hash}"}}\n`;
    const { code, stderr } = await new1.apply(`${shop}---\nkind: Jail\nname: sshd\n`);
    assert.equal(code, 0, stderr);
    const refused = await old1.upkeep("run", ...back);
    assert.match(refused.stderr, /there is something in \/home\/shop-example-com\/shop\.example\.com here already/);
    assert.match(refused.stderr, /there is a database shop here already/);
    await old1.must("rm", "-rf", "/home/shop-example-com/shop.example.com", "/home/app-example-com/app.example.com");
    await sql(old1, "mariadb", "mysql", "DROP DATABASE shop;");
    await sql(old1, "postgres", "postgres", "DROP DATABASE app;");
    const moved = await old1.upkeep("run", ...back, "--watch=1s", "--back=1s", "--proxy=1s");
    assert.match(moved.stderr, /Run 1 is waiting/);
    const asking = await newestRun(old1);
    assert.match(asking?.awaits?.for === "person" ? asking.awaits.says : "", /where\.php/, JSON.stringify(asking));
    await old1.upkeep("runs", "continue", "1");
    // Two servers word a 401 each in its own way.
    const again = await newestRun(old1);
    assert.match(again?.awaits?.for === "person" ? again.awaits.says : "", /content-type: text\/html there/);
    await old1.upkeep("runs", "continue", "1");
    await eventually("it is over", async () => (await newestRun(old1))?.state === "done", 60_000).catch(
      async (error: Error) => {
        throw new Error(`${error.message}: ${(await old1.upkeep("runs", "report", "1")).stdout}`);
      },
    );
    assert.match((await old1.upkeep("get")).stdout, /Jail\/sshd[\s\S]*Site\/app[\s\S]*Site\/shop/);
    assert.equal((await old1.ask("http://shop.example.com/")).status, 401);
    assert.equal((await old1.ask("http://shop.example.com/", { user: "ann:secret" })).status, 200);
  });
});
