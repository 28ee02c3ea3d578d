import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../../lab/eventually.ts";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { slowness } from "../../lab/patience.ts";

const site = (name: string, spec = "") => `kind: Site\nname: ${name}\n${spec && `spec: ${spec}\n`}`;
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

describe("maintenance of Upkeep's sites", () => {
  let lab: Lab<"web1">;
  let web: TestHost;
  before(async () => {
    lab = await openLab({ web1: "apache2" });
    web = lab.hosts.web1;
    const sites = ["shop.example.com", "a.example.org", "b.c.example.org", "plain.example.net"].map((name) =>
      site(name),
    );
    assert.equal((await web.apply(sites.join("---\n"))).code, 0);
  });
  after(() => lab.close());

  const maintenance = (...args: string[]) => web.upkeep("maintenance", ...args);
  async function moved(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await maintenance(...args);
    assert.equal(code, 0, stdout + stderr);
    return stdout + stderr;
  }
  const statusOf = async (name: string, path = "/") => (await web.ask(`http://${name}/${path.slice(1)}`)).status;

  test("one word and a site's name are enough; the second time nothing is reloaded", async () => {
    assert.match(await moved("on", "shop.example.com"), /^on +shop\.example\.com\n.*reloaded once/s);
    assert.equal(await statusOf("shop.example.com"), 503);
    assert.doesNotMatch(await moved("off", "shop.example.com"), /reloaded/);
    assert.equal(await statusOf("shop.example.com"), 200);
    assert.doesNotMatch(await moved("on", "shop.example.com", "--for", "1h30m"), /reloaded/);
    assert.match(await moved("status"), /^on +shop\.example\.com +until \d{4}-/m);
    await moved("off", "shop.example.com");
  });

  test("all names of a site are meant, and a certificate authority still gets in", async () => {
    assert.equal((await web.apply(site("shop.example.com", "{aliases: [www.shop.example.com]}"))).code, 0);
    await moved("on", "shop.example.com");
    assert.equal(await statusOf("www.shop.example.com"), 503);
    web.write("/home/shop-example-com/shop.example.com/htdocs/.well-known/acme-challenge/x", "challenge");
    assert.equal((await web.ask("http://shop.example.com/.well-known/acme-challenge/x")).body, "challenge");
  });

  test("a site can be changed while it is in maintenance, and is proved all the same", async () => {
    const { code, stdout } = await web.apply(
      site("shop.example.com", "{aliases: [www.shop.example.com], headers: {X-New: yes}}"),
    );
    assert.equal(code, 0, stdout);
    assert.equal(await statusOf("shop.example.com"), 503);
    await moved("off", "shop.example.com");
    assert.equal((await web.ask("http://shop.example.com/")).headers["x-new"], "yes");
  });

  test("a pattern means all sites below it, also those that come later; all means all", async () => {
    const below = 'kind: Maintenance\nname: below\nspec: {sites: ["*.example.org"], active: true}\n';
    assert.equal((await web.apply(below)).code, 0);
    assert.deepEqual(
      await Promise.all(["a.example.org", "b.c.example.org", "plain.example.net"].map((name) => statusOf(name))),
      [503, 503, 200],
    );
    assert.equal((await web.apply(site("late.example.org"))).code, 0);
    assert.equal(await statusOf("late.example.org"), 503);
    await moved("off", "below");
    assert.equal((await web.apply("kind: Maintenance\nname: everything\nspec: {sites: all, active: true}\n")).code, 0);
    for (const name of ["a.example.org", "plain.example.net", "shop.example.com"])
      assert.equal(await statusOf(name), 503, name);
    assert.equal((await web.apply(site("later.example.net"))).code, 0);
    assert.equal(await statusOf("later.example.net"), 503);
    await moved("off", "everything");
    assert.equal(await statusOf("later.example.net"), 200);
  });

  test("the first site of another web server is covered, too", async () => {
    const other = await openLab({ web2: "none" });
    try {
      const host = other.hosts.web2;
      assert.equal((await host.apply("kind: Maintenance\nname: everything\nspec: {active: true}\n")).code, 0);
      assert.equal((await host.apply(site("new.example.com", "{server: nginx}"))).code, 0);
      assert.equal((await host.ask("http://new.example.com/")).status, 503);
    } finally {
      other.close();
    }
  });

  test("a page of one's own: in one file, with the words of the moment, and its own where none are given", async () => {
    web.write(
      "/root/down/index.html",
      '<html lang="de"><title>Pause</title><link rel="stylesheet" href="s.css"><main><h1>Pause</h1><p data-upkeep="message">Gleich</p><img src="logo.svg" alt="">',
    );
    web.write("/root/down/s.css", "h1 { color: rebeccapurple }");
    web.write("/root/down/logo.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>');
    web.write(
      "/root/own.yaml",
      "kind: Maintenance\nname: own\nspec: {sites: [a.example.org], page: down/index.html, active: true}\n",
    );
    const { code, stderr } = await web.upkeep("apply", "/root/own.yaml");
    assert.equal(code, 0, stderr);
    const page = async () => (await web.ask("http://a.example.org/", { headers: { Accept: "text/html" } })).body;
    assert.match(await page(), /rebeccapurple[\s\S]*Gleich/);
    assert.match(await page(), /src="data:image\/svg/);
    await moved("on", "own", "--message", "Bald & bunt", "--for", "1h");
    assert.match(await page(), /Bald &#38; bunt[\s\S]*role="status"/);
    await web.must("rm", "-r", "/root/down");
    await moved("off", "own");
    await moved("on", "own");
    assert.match(await page(), /rebeccapurple/, "what it was built from is not needed any more");
    assert.equal((await web.upkeep("plan")).code, 0, "and nothing is pending");
    web.write("/etc/upkeep/pages/sorry.html", "<title>s</title><body>named page");
    assert.equal(
      (await web.apply("kind: Maintenance\nname: own\nspec: {sites: [a.example.org], page: sorry, active: true}\n"))
        .code,
      0,
    );
    assert.match(await page(), /named page/);
    await moved("off", "own");
  });

  const refused: readonly (readonly [says: string, yaml: string, complaint: RegExp])[] = [
    [
      "a site that is not there",
      "kind: Maintenance\nname: x\nspec:\n  sites: [shop.exampel.com]\n",
      /-:|standard input\):4:11: Maintenance\/x: there is no Site\/shop\.exampel\.com.*shop\.example\.com/,
    ],
    [
      "a pattern that matches nothing",
      'kind: Maintenance\nname: x\nspec: {sites: ["*.nowhere.example"]}\n',
      /"\*\.nowhere\.example" matches no Site/,
    ],
    [
      "an end before the beginning",
      "kind: Maintenance\nname: x\nspec: {from: 2026-01-02 10:00, until: 2026-01-01 10:00}\n",
      /until: .* is not after from/,
    ],
    [
      "a time that is none",
      "kind: Maintenance\nname: x\nspec: {until: tomorrow}\n",
      /"tomorrow" is not a time; say it like/,
    ],
    [
      "a day that does not exist",
      "kind: Maintenance\nname: x\nspec: {until: 2026-02-30 10:00}\n",
      /there is no 2026-02-30 10:00/,
    ],
    ["a page that is not there", "kind: Maintenance\nname: x\nspec: {page: ./none.html}\n", /spec\.page: .*none\.html/],
    [
      "a page that lacks a part",
      "kind: Maintenance\nname: x\nspec: {page: /root/part.html}\n",
      /part\.html:1:\d+: missing\.png cannot be embedded/,
    ],
    [
      "a page that is too large",
      "kind: Maintenance\nname: x\nspec: {page: /root/large.html}\n",
      /would be 1\.\d MB, more than 1 MB/,
    ],
    ["a status that says all is well", "kind: Maintenance\nname: x\nspec: {status: 200}\n", /status: must be one of/],
    ["a kept path that leaves its place", "kind: Maintenance\nname: x\nspec: {keep: [/a/../]}\n", /must not contain/],
    [
      "a server that is not installed",
      "kind: Maintenance\nname: x\nspec: {server: nginx, sites: [nobody.example]}\n",
      /nginx serves no nobody\.example/,
    ],
    [
      "another server's page port",
      "kind: Maintenance\nname: x\nspec: {mode: redirect-port, server: nginx}\n",
      /is Apache with redirect-port/,
    ],
  ];
  for (const [says, yaml, complaint] of refused)
    test(`refused, and nothing changed: ${says}`, async () => {
      web.write("/root/part.html", '<img src="missing.png">');
      web.write("/root/large.html", `<p>${"x".repeat(1_100_000)}`);
      const before = await web.must(
        "sh",
        "-c",
        "find /etc /var/lib/upkeep-maintenance -newer /root/part.html -type f | sort",
      );
      const { code, stdout, stderr } = await web.apply(yaml);
      assert.ok(code === 1 || code === 3, stdout + stderr);
      assert.match(stdout + stderr, complaint);
      assert.equal(
        await web.must("sh", "-c", "find /etc /var/lib/upkeep-maintenance -newer /root/part.html -type f | sort"),
        before,
      );
      await web.upkeep("delete", "Maintenance", "x");
    });

  test("the command says what it does not understand", async () => {
    for (const [args, complaint] of [
      [["on"], /say which/],
      [["on", "nobody.example.com"], /there is no maintenance and no site called nobody\.example\.com/],
      [["on", "late.example.org", "--for", "soon"], /"soon" is no length of time/],
      [["on", "late.example.org", "--until", "2020-01-01T00:00Z"], /is over already/],
      [["off", "plain.example.net"], /it is one of those of everything/],
      [["link", "below"], /lets nobody in by a link/],
      [["up", "x"], /on`, off, status or link, not "up"/],
    ] as const) {
      const { code, stderr } = await maintenance(...args);
      assert.equal(code, 1, args.join(" "));
      assert.match(stderr, complaint);
    }
    assert.deepEqual(JSON.parse(await moved("status", "below", "--json")), [
      {
        name: "below",
        on: false,
        sites: ["*.example.org"],
        from: null,
        until: null,
        next: null,
        message: null,
        links: 0,
      },
    ]);
  });
});

describe("maintenance and the machine", () => {
  let lab: Lab<"web1">;
  let web: TestHost;
  before(async () => {
    lab = await openLab({ web1: "apache2" });
    web = lab.hosts.web1;
    assert.equal((await web.apply([site("one.example.com"), site("two.example.com")].join("---\n"))).code, 0);
  });
  after(() => lab.close());
  const statusOf = async (name: string) => (await web.ask(`http://${name}/`)).status;
  const becomes = async (name: string, status: number) => {
    await eventually(`${name} answers ${status}`, async () => (await statusOf(name)) === status);
  };

  test("redirect-port: the packet filter sends everyone but the allowed to a port that only has the page", async () => {
    await web.certificate("x", "x");
    const spec = (more: string) =>
      `kind: Maintenance\nname: classic\nspec: {mode: redirect-port, tls: {certificate: /etc/ssl/x.pem, key: /etc/ssl/x.key}, ${more}}\n`;
    const { code, stdout, stderr } = await web.apply(spec("active: false"));
    assert.equal(code, 0, stdout + stderr);
    const master = await web.must("cat", "/run/apache2/apache2.pid");
    // A visitor in a network of their own, since what comes from the machine itself is not turned away.
    await web.must(
      "sh",
      "-c",
      "ip netns add v && ip link add v0 type veth peer name v1 netns v && ip addr add 192.0.2.1/24 dev v0 && ip link set v0 up && ip -n v addr add 192.0.2.2/24 dev v1 && ip -n v link set v1 up",
    );
    const visit = async (url: string) =>
      (
        await web.must(
          "ip",
          "netns",
          "exec",
          "v",
          "curl",
          "-ski",
          "-H",
          "Host: one.example.com",
          "-H",
          "Accept: text/html",
          url,
        )
      ).split("\r\n");
    assert.match((await visit("http://192.0.2.1/"))[0]!, /200/);
    assert.equal((await web.upkeep("maintenance", "on", "classic", "--message", "moved")).code, 0);
    const page = (await visit("http://192.0.2.1/some/where")).join("\n");
    assert.match(page, /^HTTP\/1\.1 503[\s\S]*\n\n[\s\S]*moved/);
    for (const header of ["Retry-After: 600", "Cache-Control: no-store", "Upkeep-Maintenance: classic"])
      assert.ok(page.includes(header), header);
    assert.match((await visit("https://192.0.2.1/"))[0]!, /503/);
    assert.equal(await statusOf("one.example.com"), 200, "the machine itself is not turned away");
    assert.equal((await web.apply(spec("active: true, allow: [192.0.2.0/24]"))).code, 0);
    assert.match((await visit("http://192.0.2.1/"))[0]!, /200/);
    assert.equal((await web.apply(spec("active: true, allow: [192.0.2.9]"))).code, 0);
    assert.match((await visit("http://192.0.2.1/"))[0]!, /503/);
    assert.equal((await web.upkeep("maintenance", "off", "classic")).code, 0);
    assert.match((await visit("http://192.0.2.1/"))[0]!, /200/);
    assert.doesNotMatch(await web.must("nft", "list", "ruleset"), /upkeep/);
    assert.equal(await web.must("cat", "/run/apache2/apache2.pid"), master);
    assert.equal((await web.upkeep("maintenance", "on", "classic")).code, 0);
  });

  test("a host that reboots during a window comes back in it, and the window still ends", async () => {
    // It has to be switched off and on within the first, and no slower than this machine is.
    const [long, short] = [25, 8].map((seconds) => Math.ceil(seconds * slowness())) as [number, number];
    const passed = Date.now() + short * 1_000 + 500;
    assert.equal((await web.upkeep("maintenance", "on", "one.example.com", "--until", inSeconds(long))).code, 0);
    assert.equal((await web.upkeep("maintenance", "on", "two.example.com", "--until", inSeconds(short))).code, 0);
    await lab.off("web1");
    await eventually("the second window has passed", () => Date.now() > passed, 2 * short * 1_000);
    web = await lab.boot("web1");
    assert.equal(await statusOf("one.example.com"), 503);
    assert.equal(await statusOf("two.example.com"), 200, "its time passed while the host was off");
    assert.match(await web.must("nft", "list", "ruleset"), /upkeep_maintenance_classic/);
    await becomes("one.example.com", 200);
  });

  test("a switch that someone moved by hand is drift, and is put right", async () => {
    assert.equal((await web.upkeep("maintenance", "on", "one.example.com")).code, 0);
    await web.must("rm", "/var/lib/upkeep-maintenance/one.example.com/on/one.example.com");
    assert.equal(await statusOf("one.example.com"), 200);
    assert.match((await web.upkeep("plan")).stdout, /on\/one\.example\.com \(was removed by hand\)/);
    assert.equal((await web.upkeep("apply")).code, 0);
    assert.equal(await statusOf("one.example.com"), 503);
  });

  test("history knows of it, and a rollback moves the switch back", async () => {
    const before = JSON.parse((await web.upkeep("status", "--json")).stdout).lastGeneration.number as number;
    assert.equal((await web.upkeep("maintenance", "off", "one.example.com")).code, 0);
    assert.match((await web.upkeep("history")).stdout, /maintenance off one\.example\.com/);
    const { code, stdout, stderr } = await web.upkeep("rollback", String(before));
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await statusOf("one.example.com"), 503);
  });
});
