import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { closureOf, randomDatabase, recheckSql, rowsSql, schemaSql, whereOf } from "./dump-rows/random.ts";
import { create, type Kind, kinds, sql, startServers, urlOf } from "./dump-rows/servers.ts";

let lab: Lab<"db">;
let host: TestHost;

before(async () => {
  lab = await openLab({ db: "none" }, { packages: "full" });
  host = lab.hosts.db;
  await startServers(host);
});
after(() => lab?.close());

const file = (name: string) => readFileSync(join(import.meta.dirname, "dump-rows", name), "utf8");

interface Row {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** What belongs to some rows, as JSON Lines. */
async function rowsOf(kind: Kind, database: string, ...args: string[]): Promise<readonly Row[]> {
  const { code, stdout, stderr } = await host.upkeep(
    ...["run", "dump-rows", "--from", urlOf(kind, database), "--format", "jsonl", ...args],
  );
  assert.equal(code, 0, stderr);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

/** How many rows of each table. */
const counts = (rows: readonly Row[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(rows, ({ table }) => table)].map(([table, all]) => [table, all.length]).sort() as [
      string,
      number,
    ][],
  );

for (const kind of kinds)
  describe(`a row and everything that belongs to it, in ${kind}`, () => {
    before(async () => {
      for (const name of ["shop", "empty", "copy"]) {
        await create(host, kind, name);
        await sql(host, kind, name, file(`shop.${kind}.sql`));
      }
      const session =
        kind === "mariadb"
          ? "SET time_zone = '+00:00', sql_mode = 'NO_BACKSLASH_ESCAPES', foreign_key_checks = 0;\n"
          : "SET TimeZone = 'UTC';\n";
      await sql(host, kind, "shop", session + file("shop.rows.sql"));
      const [bytes, bits] = kind === "mariadb" ? ["0x00ff0a0d275c09", "b'10110'"] : ["'\\x00ff0a0d275c09'", "B'10110'"];
      await sql(host, kind, "shop", `UPDATE customers SET photo = ${bytes}, flags = ${bits} WHERE id = 42;`);
      if (kind === "postgres")
        await sql(host, kind, "shop", `UPDATE customers SET tags = '{a,"b c",NULL,"d\\\\e"}' WHERE id = 42;`);
    });
    const wanted = ["--table", "customers", "--where", "id = 42"];
    /** All rows of a database, to compare. */
    const content = async (database: string, where = "") => {
      const columns =
        "id, email, name, country, invited_by, favourite, settings, balance, ratio, seen, born, shown, photo, flags";
      const hex = kind === "mariadb" ? columns.replace("photo, flags", "HEX(photo), HEX(flags)") : columns;
      return [
        await sql(host, kind, database, `SELECT ${hex} FROM customers ${where} ORDER BY id;`),
        await sql(host, kind, database, "SELECT year, number, customer, note, total FROM orders ORDER BY 1, 2;"),
        await sql(host, kind, database, "SELECT * FROM items ORDER BY 1, 2, 3;"),
        await sql(host, kind, database, "SELECT * FROM visits ORDER BY 1, 2;"),
        await sql(host, kind, database, "SELECT * FROM countries ORDER BY 1;"),
      ];
    };

    test("is all that it refers to, all that refers to it, and what these refer to; nobody else's", async () => {
      const rows = await rowsOf(kind, "shop", ...wanted);
      assert.deepEqual(counts(rows), { countries: 3, customers: 4, items: 4, orders: 3, products: 3, visits: 3 });
      const ids = rows.filter(({ table }) => table === "customers").map(({ row }) => row.id);
      // 43 was invited by her; 7 and 1 invited her; 99 has nothing to do with it, though she was invited by 1, too.
      assert.deepEqual(ids.sort(), [1, 42, 43, 7]);
      const anna = rows.find(({ row }) => row.id === 42)!.row;
      assert.deepEqual(
        [anna.name, anna.photo, anna.flags, anna.balance, anna.born],
        [
          "Anna 'the \\ great'",
          Buffer.from("00ff0a0d275c09", "hex").toString("base64"),
          "10110",
          "12345678901234.5678",
          "2000-02-29",
        ],
      );
    });

    test("is what it needs alone, where nothing is to come along, or what is named, so deep", async () => {
      assert.deepEqual(counts(await rowsOf(kind, "shop", ...wanted, "--children", "none")), {
        countries: 3,
        customers: 3,
        products: 2,
      });
      assert.deepEqual(counts(await rowsOf(kind, "shop", ...wanted, "--children", "orders")), {
        countries: 3,
        customers: 3,
        orders: 2,
        products: 2,
      });
      const shallow = counts(await rowsOf(kind, "shop", ...wanted, "--depth", "1"));
      assert.deepEqual(shallow, { countries: 3, customers: 4, orders: 2, products: 3, visits: 3 });
    });

    test("loads into an empty schema, with triggers, generated columns and everything that counts up, as it was", async () => {
      const { code, stderr } = await host.upkeep(
        ...["run", "dump-rows", "--from", urlOf(kind, "shop"), ...wanted, "--to", `/root/${kind}.sql`],
      );
      assert.equal(code, 0, stderr);
      assert.match(stderr, /Run \d+ is done: 20 rows, 6 tables\./);
      await sql(host, kind, "empty", await host.must("cat", `/root/${kind}.sql`));
      const expected = await content("shop", "WHERE id <> 99");
      const loaded = await content("empty");
      assert.equal(loaded[0], expected[0]);
      assert.equal(loaded[4], expected[4]);
      // Triggers are there again, and have not added anything up while it was loaded.
      const [shop, copy] = [expected[1]!, loaded[1]!].map((text) =>
        text
          .split("\n")
          .filter((line) => !line.includes("\t99\t"))
          .join("\n"),
      );
      assert.equal(copy, shop);
      await sql(host, kind, "empty", "INSERT INTO items VALUES (2025, 1, 3, 'a-1', 100);");
      assert.match(await sql(host, kind, "empty", "SELECT total FROM orders WHERE year = 2025;"), /^103\.00$/m);
      const next = await sql(
        host,
        kind,
        "empty",
        "INSERT INTO customers (email, name, country) VALUES ('new@example.com', 'New', 'de'); SELECT max(id) FROM customers;",
      );
      assert.equal(next.trim(), "44");
    });

    test("goes straight into another database, all of it or nothing", async () => {
      const go = () =>
        host.upkeep(
          "run",
          "dump-rows",
          "--from",
          urlOf(kind, "shop"),
          ...wanted,
          "--children",
          "visits",
          "--to",
          urlOf(kind, "copy"),
        );
      const first = await go();
      assert.equal(first.code, 0, first.stderr);
      const content = await sql(host, kind, "copy", "SELECT count(*) FROM customers;");
      assert.equal(content.trim(), "3");
      const again = await go();
      assert.equal(again.code, 1);
      assert.match(again.stderr, /[Dd]uplicate/);
      assert.equal((await sql(host, kind, "copy", "SELECT count(*) FROM visits;")).trim(), "3");
    });

    test("can be taken out again, in the right order, with all that belongs to it, and no more", async () => {
      await create(host, kind, "less");
      await sql(host, kind, "less", file(`shop.${kind}.sql`));
      const session = kind === "mariadb" ? "SET sql_mode = 'NO_BACKSLASH_ESCAPES', foreign_key_checks = 0;\n" : "";
      await sql(host, kind, "less", session + file("shop.rows.sql"));
      const { code, stdout, stderr } = await host.upkeep(
        ...["run", "dump-rows", "--from", urlOf(kind, "less"), ...wanted, "--delete"],
      );
      assert.equal(code, 0, stderr);
      await sql(host, kind, "less", stdout);
      const ids = await sql(host, kind, "less", "SELECT id FROM customers ORDER BY id;");
      assert.deepEqual(ids.trim().split("\n"), ["1", "7", "99"]);
      assert.equal((await sql(host, kind, "less", "SELECT count(*) FROM orders;")).trim(), "1");
      assert.equal((await sql(host, kind, "less", "SELECT count(*) FROM visits;")).trim(), "2");
      assert.equal((await sql(host, kind, "less", "SELECT count(*) FROM countries;")).trim(), "3");
    });

    test("is drawn, with how much there is of what, before anything is written", async () => {
      const { code, stdout, stderr } = await host.upkeep(
        ...["run", "dump-rows", "--from", urlOf(kind, "shop"), ...wanted, "--plan", "--svg", `/root/${kind}.svg`],
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /customers +2 wanted, 2 needed by others/);
      assert.match(stdout, /3 belong to customers \(customer\)/);
      assert.match(stdout, /20 rows of 6 tables/);
      assert.match(
        await host.must("cat", `/root/${kind}.svg`),
        /^<svg [^>]*>.*<title>orders \(customer\) → customers: 3<\/title>/,
      );
    });

    test("says nothing of people where that is wanted, and the same of the same ones", async () => {
      host.write(
        "/root/rules.yaml",
        "relations:\n  orders.year: customers.id\nanonymize:\n  customers.email: email\n  customers.name: name\n  customers.seen: null\n  orders.note: {value: gone}\n",
      );
      const rows = await rowsOf(kind, "shop", ...wanted, "--relations", "/root/rules.yaml");
      const text = JSON.stringify(rows);
      assert.doesNotMatch(text, /anna|berta|2026-03-29/i);
      for (const { row } of rows.filter(({ table }) => table === "customers"))
        assert.match(String(row.email), /^[0-9a-f]{12}@example\.invalid$/);
      host.write("/root/wrong.yaml", "anonymize:\n  customers.id: hash\n");
      const { code, stderr } = await host.upkeep(
        ...["run", "dump-rows", "--from", urlOf(kind, "shop"), ...wanted, "--relations", "/root/wrong.yaml"],
      );
      assert.equal(code, 1);
      assert.match(stderr, /customers\.id tells rows apart or refers to others/);
    });

    test("what cannot be is refused in words, and nothing is written", async () => {
      for (const [args, says] of [
        [["--table", "nobody"], /there is no table nobody; there are: countries, customers, items, orders/],
        [["--table", "customers", "--where", "nonsense = 1"], /nonsense/],
        [[...wanted, "--max-rows", "5"], /more than 5 rows belong to it/],
        [[...wanted, "--children", "orders,nobody"], /there is no table nobody/],
        [[...wanted, "--to", "/etc/passwd"], /\/etc\/passwd is there already/],
        [[...wanted, "--to", "mysql://db"], /--to must be a file, or like mysql/],
        [[...wanted, "--depth", "x"], /--depth/],
        [["--where", "1"], /--table is missing/],
      ] as const) {
        const { code, stdout, stderr } = await host.upkeep("run", "dump-rows", "--from", urlOf(kind, "shop"), ...args);
        assert.equal(code, 1, args.join(" "));
        assert.match(stderr, says);
        assert.equal(stdout, "");
      }
      const { code, stderr } = await host.upkeep("run", "dump-rows", "--from", urlOf(kind, "nowhere"), "--table", "x");
      assert.equal(code, 1);
      assert.match(stderr, /cannot connect to .*nowhere/);
    });
  });

describe("from one kind of server to the other", () => {
  for (const [from, to] of [
    ["mariadb", "postgres"],
    ["postgres", "mariadb"],
  ] as const)
    test(`${from} to ${to}: every value is what it was`, async () => {
      await create(host, to, "moved");
      await sql(host, to, "moved", file(`shop.${to}.sql`));
      await sql(host, to, "moved", "DROP TRIGGER items_total".concat(to === "postgres" ? " ON items;" : ";"));
      const moved = await host.upkeep(
        ...["run", "dump-rows", "--from", urlOf(from, "shop"), "--table", "customers", "--where", "id = 42"],
        ...["--dialect", to === "mariadb" ? "mysql" : "postgres"],
      );
      assert.equal(moved.code, 0, moved.stderr);
      // MariaDB has no arrays.
      if (to === "mariadb") await sql(host, to, "moved", "ALTER TABLE customers ADD COLUMN tags TEXT;");
      await sql(host, to, "moved", moved.stdout);
      const all = async (kind: Kind, database: string) => {
        const rows = await rowsOf(kind, database, "--table", "customers", "--where", "id = 42");
        return rows
          .map(({ table, row: { tags: _tags, seen, settings, ...row } }) => ({
            table,
            ...row,
            seen: seen === undefined || seen === null ? null : String(seen).slice(0, 19),
            settings: typeof settings === "string" ? JSON.parse(settings) : settings,
          }))
          .map((row) => JSON.stringify(row))
          .sort();
      };
      assert.deepEqual(await all(to, "moved"), await all(from, "shop"));
    });
});

describe("databases that others have made", () => {
  /** Writes what belongs to some rows, loads it where there is only the schema, and says what is there. */
  async function moved(kind: Kind, schema: string, rows: string, ...args: string[]) {
    for (const name of ["theirs", "ours"]) {
      await create(host, kind, name);
      await sql(host, kind, name, schema);
    }
    await sql(
      host,
      kind,
      "theirs",
      (kind === "mariadb"
        ? "SET foreign_key_checks = 0, sql_mode = '';\n"
        : "SET session_replication_role = replica;\n") + rows,
    );
    const from = ["run", "dump-rows", "--from", urlOf(kind, "theirs"), ...args];
    const { code, stdout, stderr } = await host.upkeep(...from);
    assert.equal(code, 0, stderr);
    await sql(host, kind, "ours", stdout);
    const there = await rowsOf(kind, "theirs", ...args);
    const loaded = await Promise.all(
      Object.keys(counts(there)).map(async (table) => [
        table,
        Number(await sql(host, kind, "ours", `SELECT count(*) FROM ${table};`)),
      ]),
    );
    assert.deepEqual(Object.fromEntries(loaded), counts(there));
    return { counts: counts(there), sql: stdout };
  }

  for (const kind of kinds) {
    test(`Sakila's in ${kind}: a customer, where staff and stores refer to each other`, async () => {
      const { counts } = await moved(
        kind,
        file("sakila.sql"),
        file("sakila.rows.sql"),
        ...["--table", "customer", "--where", "customer_id = 1"],
      );
      assert.deepEqual(counts, {
        ...{ address: 4, city: 2, country: 2, customer: 1, film: 2, inventory: 2, language: 2, payment: 3 },
        ...{ rental: 2, staff: 2, store: 2 },
      });
    });

    test(`employees' in ${kind}: one of them, with keys of three columns`, async () => {
      const { counts } = await moved(
        kind,
        file("employees.sql"),
        file("employees.rows.sql"),
        ...["--table", "employees", "--where", "emp_no = 10001"],
      );
      assert.deepEqual(counts, { departments: 1, dept_emp: 1, employees: 1, salaries: 2, titles: 1 });
    });

    test(`MediaWiki's own in ${kind}: a page with all its versions`, async () => {
      const path = `/usr/share/mediawiki/maintenance/${kind === "postgres" ? "postgres/" : ""}tables-generated.sql`;
      const at = kind === "postgres" ? "'2026-11-22 10:00:00+00'" : "'20261122100000'";
      const schema = await host.must("cat", path);
      // From 1.43 on, titles that are linked to have a table of their own.
      const hasTargets = schema.includes("pl_target_id");
      const links = hasTargets
        ? "INSERT INTO linktarget (lt_id, lt_namespace, lt_title) VALUES (1, 0, 'Other'), (2, 0, 'Third');\nINSERT INTO pagelinks (pl_from, pl_from_namespace, pl_target_id) VALUES (1, 0, 1);\n"
        : "INSERT INTO pagelinks (pl_from, pl_from_namespace, pl_namespace, pl_title) VALUES (1, 0, 0, 'Other');\n";
      const relations = `/opt/upkeep/docs/relations/mediawiki${hasTargets ? "-1.43" : ""}.yaml`;
      const { counts } = await moved(
        kind,
        schema,
        file("mediawiki.rows.sql").replaceAll("TOUCHED", at) + links,
        ...["--table", "page", "--where", "page_id = 1", "--relations", relations],
      );
      assert.deepEqual(counts, {
        ...{ actor: 2, comment: 2, content: 2, content_models: 1, page: 1, pagelinks: 1, revision: 2 },
        ...{ slot_roles: 1, slots: 2, ...(hasTargets && { linktarget: 1 }) },
      });
    });
  }

  test("WordPress' own: a user with what they wrote, and nobody's address", async () => {
    const schema = await host.must("php", "/opt/upkeep/test/lab/dump-rows/wordpress.php");
    const { counts, sql: text } = await moved(
      "mariadb",
      `SET sql_mode = '';\n${schema}`,
      file("wordpress.rows.sql"),
      ...["--table", "wp_users", "--where", "ID = 2", "--relations", "/opt/upkeep/docs/relations/wordpress.yaml"],
    );
    assert.deepEqual(counts, {
      ...{ wp_commentmeta: 1, wp_comments: 2, wp_postmeta: 1, wp_posts: 2, wp_term_relationships: 1 },
      ...{ wp_term_taxonomy: 1, wp_terms: 1, wp_usermeta: 2, wp_users: 1 },
    });
    assert.doesNotMatch(text, /berta@|anna@|198\.51\.100|secret/);
    assert.match(text, /Hello, "world" ☃/);
  });
});

describe("a run of it", () => {
  const many = 300_000;
  const args = ["run", "dump-rows", "--from", urlOf("mariadb", "big"), "--table", "big", "--to", "/root/big.sql"];
  before(async () => {
    await create(host, "mariadb", "big");
    await sql(
      host,
      "mariadb",
      "big",
      `CREATE TABLE big (id INT PRIMARY KEY, words VARCHAR(100)); INSERT INTO big SELECT seq, CONCAT('some words ', seq) FROM seq_1_to_${many};`,
    );
  });
  const processes = ["--full", "^[^ ]*node .*run dump-rows"];
  /** It has begun to write, and stands still there. */
  const held = async () => {
    // What leads into the host stands still with its child: that is the shell here.
    const going = host.exec(["sh", "-c", '/opt/upkeep/upkeep "$@"; exit $?', "sh", ...args]);
    const isWriting = "[ -s /root/big.sql.part ]";
    await host.must(
      ...["sh", "-c", `until ${isWriting}; do sleep 0.02; done; exec pkill --signal=STOP "$@"`, "hold"],
      ...processes,
    );
    // Not as what a promise resolves to: it would be waited for.
    return { going };
  };
  /** The latest run. */
  const latest = async () =>
    (JSON.parse((await host.upkeep("runs", "list", "--json")).stdout) as { id: number; state: string }[])[0]!;

  test("that is killed in the middle goes on, and what it writes is there whole or not at all", async () => {
    const { going } = await held();
    await host.must("pkill", "--signal=KILL", ...processes);
    assert.notEqual((await going).code, 0);
    assert.notEqual((await host.exec(["test", "-e", "/root/big.sql"])).code, 0);
    const { id, state } = await latest();
    assert.equal(state, "running");
    const other = await host.upkeep(...args);
    assert.equal(other.code, 1);
    assert.match(other.stderr, new RegExp(`run ${id} works on output /root/big\\.sql, and is not over`));
    const { code, stdout } = await host.upkeep("runs", "continue", String(id));
    assert.equal(code, 0, stdout);
    await create(host, "mariadb", "again");
    await sql(
      host,
      "mariadb",
      "again",
      `CREATE TABLE big (id INT PRIMARY KEY, words VARCHAR(100));${await host.must("cat", "/root/big.sql")}`,
    );
    assert.equal((await sql(host, "mariadb", "again", "SELECT count(*) FROM big;")).trim(), String(many));
    const report = (await host.upkeep("runs", "report", String(id))).stdout;
    assert.match(report, /\| write \| done, 2 attempts \| .* \| written: 300,000 rows, tables: 1 tables \|/);
    assert.equal(await host.must("cat", `/var/lib/upkeep/runs/run-${id}.md`), report);
  });

  test("is taken back, with what it has written; and paused and ended while it goes on", async () => {
    const { id } = await latest();
    assert.equal((await host.upkeep("runs", "undo", String(id))).code, 0);
    assert.notEqual((await host.exec(["test", "-e", "/root/big.sql"])).code, 0);
    const { going } = await held();
    const next = (await latest()).id;
    assert.equal((await host.upkeep("runs", "pause", String(next))).code, 0);
    await host.must("pkill", "--signal=CONT", ...processes);
    assert.equal((await going).code, 3);
    assert.equal((await latest()).state, "paused");
    assert.equal((await host.upkeep("runs", "abort", String(next))).code, 0);
    assert.equal((await latest()).state, "aborted");
    assert.match((await host.upkeep("runs", "continue", String(next))).stderr, /is aborted; nothing of it goes on/);
    assert.notEqual((await host.exec(["test", "-e", "/root/big.sql"])).code, 0);
  });
});

describe("whatever refers to whatever", () => {
  for (const kind of kinds)
    test(`in ${kind}, exactly what belongs together is written, and it satisfies every constraint`, async () => {
      await fc.assert(
        fc.asyncProperty(randomDatabase, async (made) => {
          for (const name of ["random", "loaded"]) {
            await create(host, kind, name);
            await sql(host, kind, name, schemaSql(made, kind));
          }
          await sql(host, kind, "random", rowsSql(made, kind));
          const { children } = made;
          const named = typeof children === "string" ? children : children.map((table) => `t${table}`).join();
          const args = [
            ...[
              "run",
              "dump-rows",
              "--from",
              urlOf(kind, "random"),
              "--table",
              `t${made.start.table}`,
              "--where",
              whereOf(made),
            ],
            ...["--children", named, "--depth", String(made.depth)],
          ];
          const { code, stdout, stderr } = await host.upkeep(...args);
          assert.equal(code, 0, stderr);
          await sql(host, kind, "loaded", stdout);
          const tables = made.tables
            .map((_, index) => `SELECT 't${index}', count(*) FROM t${index}`)
            .join(" UNION ALL ");
          const loaded = await sql(host, kind, "loaded", `${tables};`);
          const counted = Object.fromEntries(
            loaded
              .trim()
              .split("\n")
              .map((line) => line.split("\t"))
              .filter(([, count]) => count !== "0")
              .map(([table, count]) => [table!, Number(count)]),
          );
          assert.deepEqual(counted, closureOf(made));
          // Keys that are made anew are checked against what is there.
          await sql(host, kind, "loaded", recheckSql(made, kind));
        }),
        { numRuns: 25 },
      );
    });
});
