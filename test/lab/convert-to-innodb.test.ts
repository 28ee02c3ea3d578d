import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { create, sql } from "./dump-rows/servers.ts";
import { eventually } from "./estate/estate.ts";

let lab: Lab<"db1" | "db2">;
let db1: TestHost;
let db2: TestHost;

const schema = `
CREATE TABLE small (id INT AUTO_INCREMENT PRIMARY KEY, name CHAR(20)) ENGINE = MyISAM ROW_FORMAT = FIXED;
CREATE TABLE articles (id INT PRIMARY KEY, body TEXT, photo BLOB, price DECIMAL(20,4), FULLTEXT KEY words (body)) ENGINE = MyISAM;
CREATE TABLE visits (at TIMESTAMP, page VARCHAR(200)) ENGINE = MyISAM;
CREATE TABLE numbered (year INT, number INT AUTO_INCREMENT, PRIMARY KEY (year, number)) ENGINE = MyISAM;
CREATE TABLE modern (id INT PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO small (name) VALUES ('a'), (NULL), ('c');
INSERT INTO articles SELECT seq, CONCAT('the quick brown fox jumps ', seq), UNHEX(MD5(seq)), seq / 7 FROM seq_1_to_20000;
INSERT INTO visits SELECT '2026-11-22 10:00:00', REPEAT('x', seq % 200) FROM seq_1_to_100000;
INSERT INTO numbered (year) VALUES (2025), (2025), (2026);
`;

const ask = async (host: TestHost, text: string) => (await sql(host, "mariadb", "old", text)).trim();
const engines = async () =>
  ask(
    db1,
    "SELECT GROUP_CONCAT(CONCAT(table_name, ' ', engine) ORDER BY table_name SEPARATOR ', ') FROM information_schema.tables WHERE table_schema = 'old';",
  );
const run = (...args: string[]) => db1.upkeep("run", "convert-to-innodb", "--server", "mysql:///old", ...args);

before(async () => {
  lab = await openLab({ db1: "none", db2: "none" }, { packages: "full" });
  ({ db1, db2 } = lab.hosts);
  for (const [index, host] of [db1, db2].entries()) {
    host.write(
      "/etc/mysql/mariadb.conf.d/99-lab.cnf",
      `[mysqld]\nserver_id = ${index + 1}\nlog_bin = lab\nbind-address = 0.0.0.0\n`,
    );
    await host.must("systemctl", "stop", "mariadb");
    await eventually("it runs", async () => (await host.exec(["systemctl", "start", "mariadb"])).code === 0, 30_000);
  }
  await sql(db1, "mariadb", "mysql", "GRANT REPLICATION SLAVE ON *.* TO follower@'%' IDENTIFIED BY 'follow';");
  await sql(
    db2,
    "mariadb",
    "mysql",
    `GRANT ALL ON *.* TO upkeep@'%' IDENTIFIED BY 'look'; CHANGE MASTER TO master_host = '${db1.address}', master_user = 'follower', master_password = 'follow', master_use_gtid = slave_pos; START SLAVE;`,
  );
  await create(db1, "mariadb", "old");
  await ask(db1, schema);
  await eventually(
    "the other has it, too",
    async () => (await db2.exec(["mariadb", "old", "-e", "SELECT * FROM numbered"])).code === 0,
  );
});
after(() => lab?.close());

const before_ = "articles MyISAM, modern InnoDB, numbered MyISAM, small MyISAM, visits MyISAM";
const after_ = "articles InnoDB, modern InnoDB, numbered MyISAM, small InnoDB, visits InnoDB";

describe("MyISAM's tables", () => {
  test("are looked at first: what will change, how much it is, and who waits how long", async () => {
    const { code, stdout, stderr } = await run("--plan");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^1\. old\.small {2}visitors: whoever writes to it, or reads what others write, waits about/m);
    assert.match(stdout, /its rows have a fixed length now, and will not/);
    assert.match(stdout, /full-text search \(words\) finds words of 3 letters then, not of 4/);
    assert.match(stdout, /note: old\.numbered stays: number counts up within other columns, which InnoDB does not do/);
    assert.deepEqual(
      [...stdout.matchAll(/^\d\. (\S+)/gm)].map(([, name]) => name),
      ["old.small", "old.articles", "old.visits"],
    );
    assert.equal(await engines(), before_);
  });

  test("become InnoDB's while people write, and nothing of it is lost", async () => {
    const writing = db1.exec([
      "bash",
      "-c",
      "n=0; while [ ! -e /root/enough ]; do mariadb old -e \"INSERT INTO visits VALUES (NOW(), 'during')\" && n=$((n + 1)); done; echo $n",
    ]);
    await eventually(
      "somebody writes",
      async () => (await ask(db1, "SELECT COUNT(*) FROM visits WHERE page = 'during';")) !== "0",
    );
    const { code, stderr } = await run("--replicas", `mysql://upkeep:look@${db2.address}/`);
    db1.write("/root/enough", "");
    assert.equal(code, 0, stderr);
    const written = (await writing).stdout.trim();
    assert.equal(await engines(), after_);
    assert.equal(await ask(db1, "SELECT COUNT(*) FROM visits WHERE page = 'during';"), written);
    assert.equal(await ask(db1, "SELECT COUNT(*) FROM articles;"), "20000");
    assert.match(
      await ask(db1, "SELECT id FROM articles WHERE MATCH (body) AGAINST ('+quick +19999' IN BOOLEAN MODE);"),
      /^19999$/,
    );
    await eventually(
      "whoever follows has it, too",
      async () =>
        (await sql(db2, "mariadb", "old", "SELECT COUNT(*) FROM visits WHERE page = 'during';")).trim() === written,
    );
    const report = (await db1.upkeep("runs", "report", "1")).stdout;
    assert.match(report, /\| old\.articles \| done \| .* \| rows: 20,000 rows, waited for it: [\d,]+ ms \|/);
  });

  test("are MyISAM's again, each, when it is taken back", async () => {
    const { code, stdout } = await db1.upkeep("runs", "undo", "1");
    assert.equal(code, 0, stdout);
    assert.equal(await engines(), before_);
    assert.equal(await ask(db1, "SELECT COUNT(*) FROM articles;"), "20000");
    assert.match(await ask(db1, "SHOW TABLE STATUS LIKE 'small';"), /\tFixed\t/);
  });

  test("wait while whoever follows is behind; killed meanwhile, it goes on where it stood", async () => {
    await sql(db2, "mariadb", "mysql", "STOP SLAVE SQL_THREAD;");
    const going = run("--replicas", `mysql://upkeep:look@${db2.address}/`);
    await eventually("it says so", async () =>
      /waits: mysql:\/\/upkeep@\S+ does not follow/.test((await db1.upkeep("runs", "report", "2")).stdout),
    );
    assert.equal(await engines(), before_);
    await db1.must("pkill", "--signal=KILL", "--full", "run convert-to-innodb");
    assert.notEqual((await going).code, 0);
    await sql(db2, "mariadb", "mysql", "START SLAVE SQL_THREAD;");
    const { code, stdout, stderr } = await db1.upkeep("runs", "continue", "2");
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await engines(), after_);
    const again = await run();
    assert.equal(again.code, 0);
    assert.match((await run("--plan")).stdout, /There is nothing to do/);
  });

  test("what cannot be is refused in words", async () => {
    for (const [args, says] of [
      [["--tables", "old.nobody"], /MyISAM keeps no table old\.nobody; it keeps: old\.numbered/],
      [["--tables", "old.numbered"], /old\.numbered cannot be converted: number counts up within other columns/],
      [["--replicas", "db2"], /--replicas must be addresses like mysql/],
    ] as const) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 1);
      assert.match(stderr, says);
    }
  });
});
