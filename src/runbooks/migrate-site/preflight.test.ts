import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HostSeen, SiteSeen } from "../../model/move.ts";
import { migrateSiteInput, migrationInput } from "./input.ts";
import { groupsOf, type Migration } from "./moving.ts";
import { preflight } from "./preflight.ts";

const site = (name: string, more: Partial<SiteSeen> = {}): SiteSeen => ({
  name,
  spec: {},
  names: [name],
  user: name.split(".")[0]!,
  directory: `/home/${name.split(".")[0]}/${name}`,
  bytes: 1 << 20,
  files: 10,
  ports: { http: 80, https: 443 },
  left: [],
  databases: [],
  pages: ["/"],
  ...more,
});

const host = (more: Partial<HostSeen> = {}): HostSeen => ({
  upkeep: "1",
  now: 0,
  program: "/opt/upkeep/upkeep",
  release: "debian 12",
  server: "apache2",
  free: 1 << 30,
  directory: "/home",
  packages: {},
  accounts: {},
  sites: [],
  otherSites: [],
  others: [],
  databases: [],
  isMember: false,
  hasRsync: true,
  ...more,
});

const shop = { dialect: "mysql", name: "shop" } as const;
const app = { dialect: "postgres", name: "app" } as const;
const input = (more: object = {}) =>
  migrationInput(migrateSiteInput.parse({ site: "shop.example.com", from: "root@old", ...more }));

function found(old: HostSeen, here: HostSeen, more: object = {}, occupied = "") {
  const { findings, ...rest } = preflight(old, here, input(more), { at: 0, isOccupied: (path) => path === occupied });
  return { stops: findings.filter(({ weight }) => weight === "stops").map(({ says }) => says), findings, ...rest };
}

describe("before a move", () => {
  const old = host({ sites: [site("shop.example.com", { databases: [shop] })], databases: [{ ...shop, bytes: 1000 }] });

  test("nothing stands in the way of one that fits", () => {
    assert.deepEqual(found(old, host()).stops, []);
  });

  const cases: readonly (readonly [says: RegExp, old: HostSeen, here: HostSeen, more?: object, occupied?: string])[] = [
    [
      /^there is no site shop\.example\.com on root@old; there are: a\.example\.com$/,
      host({ otherSites: ["a.example.com"] }),
      host(),
    ],
    [/clocks of both hosts are 60 s apart/, { ...old, now: 60_000 }, host()],
    [/there is a site shop\.example\.com here already/, old, host({ otherSites: ["shop.example.com"] })],
    [
      /the account shop is somebody else's here \(\/srv\)/,
      old,
      host({ accounts: { shop: { uid: 1000, home: "/srv" } } }),
    ],
    [
      /there is something in \/home\/shop\/shop\.example\.com here already/,
      old,
      host(),
      {},
      "/home/shop/shop.example.com",
    ],
    [/there is a database shop here already/, old, host({ databases: [{ ...shop, bytes: 1 }] })],
    [
      /^PostgreSQL 17 there, 15 here: an older one cannot read a newer one; install postgresql-17 here/,
      host({
        ...old,
        databases: [{ ...app, bytes: 1 }],
        packages: { "postgresql-15": "15.1", "postgresql-17": "17.2" },
      }),
      host({ packages: { "postgresql-15": "15.9" } }),
      { databases: "postgres:app" },
    ],
    [
      /^PostgreSQL 17 there, 15 here/,
      host({ ...old, databases: [{ ...app, bytes: 1 }], packages: { "postgresql-17": "17.2" } }),
      host(),
      { databases: "postgres:app" },
    ],
    [/there is no database app \(postgres\) on root@old/, old, host(), { databases: "postgres:app" }],
    [/it takes about 1 MB, and 1 kB are free/, old, host({ free: 1000 })],
    [
      /its custom lines are for apache2, and sites are nginx's here/,
      host({ sites: [site("shop.example.com", { spec: { custom: ["# x"] } })] }),
      host({ server: "nginx" }),
    ],
    [
      /has moved already: movedTo is 192\.0\.2\.1/,
      host({ sites: [site("shop.example.com", { spec: { movedTo: "192.0.2.1" } })] }),
      host(),
    ],
    [/the records of this host are with a control plane/, old, host({ isMember: true })],
    [/rsync is not installed on the old host/, { ...old, hasRsync: false }, host()],
  ];
  for (const [says, there, here, more, occupied] of cases)
    test(`it is said that ${says.source}`, () => {
      const { stops } = found(there, here, more, occupied);
      assert.ok(
        stops.some((each) => says.test(each)),
        stops.join("\n"),
      );
    });

  test("what PHP and databases need is installed, in the version that is here", () => {
    const packages = { "php8.2-mysql": "1", "php8.2-gd": "1", "php8.2-json": "1", "mariadb-server": "10" };
    const there = host({ ...old, sites: [site("shop.example.com", { php: "8.2", databases: [shop] })], packages });
    assert.deepEqual(found(there, host({ release: "debian 13" })).packages, [
      "mariadb-server",
      "php8.4-gd",
      "php8.4-mysql",
    ]);
    assert.deepEqual(
      found(there, host({ packages: { "php8.2-mysql": "1", "php8.2-fpm": "1", "mariadb-server": "10" } })).packages,
      ["php8.2-gd", "php8.2-json"],
    );
  });
});

describe("sites", () => {
  const migration = (sites: SiteSeen[], databases = [...new Set(sites.flatMap((each) => each.databases))]) =>
    groupsOf({ sites, databases } as unknown as Migration).map((group) => [
      group.sites.map(({ name }) => name),
      group.databases.map(({ name }) => name),
    ]);

  test("are offline one after another, unless they share a database or an account", () => {
    assert.deepEqual(
      migration([
        site("a.example.com", { databases: [shop] }),
        site("b.example.com", { databases: [app] }),
        site("c.example.com", { databases: [shop] }),
        site("d.example.com", { user: "b" }),
      ]),
      [
        [["a.example.com", "c.example.com"], ["shop"]],
        [["b.example.com", "d.example.com"], ["app"]],
      ],
    );
  });

  test("are offline together when a database is named that none of them names", () => {
    assert.deepEqual(migration([site("a.example.com"), site("b.example.com")], [shop]), [
      [["a.example.com", "b.example.com"], ["shop"]],
    ]);
  });
});
