import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually } from "../../../lab/eventually.ts";
import { type AskOptions, type Lab, openLab, type TestHost } from "../../../lab/lab.ts";
import type { Server } from "./servers.ts";

const cases = join(import.meta.dirname, "../../../src/kinds/maintenance/cases");

/** One suite of behaviours; every server has to show all of them, each in a file of its own. */
export function behavesInMaintenance(server: Server): void {
  describe(`maintenance: ${server.name}`, () => suite(server));
}

function suite({ server, port, unit, prepare }: Server): void {
  let lab: Lab<"web1">;
  let web: TestHost;
  before(async () => {
    lab = await openLab({ web1: "none" });
    web = lab.hosts.web1;
    await web.must("ip", "address", "add", "2001:db8::10/64", "dev", "host0", "nodad");
    await prepare(web);
  });
  after(() => lab.close());

  const suffix = port === 80 ? "" : `:${port}`;
  const ask = (path: string, options: AskOptions = {}, site = "shop") =>
    web.ask(`http://${site}.example.com${suffix}${path}`, options);
  /** As a visitor from outside: over the host's own address instead of loopback. */
  const askFrom = (address: string, path: string, options: AskOptions = {}) =>
    ask(path, { ...options, args: ["--connect-to", `::${address}:${port}`, ...(options.args ?? [])] });

  const spec = (more = "") =>
    `kind: Maintenance\nname: relaunch\nspec:\n  sites: [shop.example.com]\n${server ? `  server: ${server}\n` : ""}${more.replace(/^(?=.)/gm, "  ")}`;
  async function apply(more?: string): Promise<void> {
    const { code, stdout, stderr } = await web.apply(spec(more));
    assert.equal(code, 0, `${stdout.slice(-2000)}${stderr}`);
  }
  async function maintenance(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await web.upkeep("maintenance", ...args);
    assert.equal(code, 0, `${stdout}${stderr}`);
    return stdout;
  }
  const isReal = async (path = "/", options?: AskOptions) => {
    const { status, body } = await ask(path, options);
    assert.deepEqual([status, body.trim()], [200, "real shop"]);
  };

  test("the plan shows what is put into which files, and until then nothing is there", async () => {
    const { code, stdout } = await web.exec(["/opt/upkeep/upkeep", "plan", "-"], spec());
    assert.equal(code, 2, stdout);
    if (server && server !== "lighttpd") assert.match(stdout, /~ insertion \/etc\/\S+ .*\n[\s\S]*?\+.*upkeep/);
    await isReal();
  });

  test("prepared and off, nothing changes for anyone", async () => {
    await apply();
    await isReal();
    assert.equal((await ask("/", {}, "other")).body.trim(), "real other");
    assert.notEqual((await ask("/.upkeep/maintenance/relaunch/shop.example.com")).status, 503);
    assert.notEqual(
      (await ask("/.upkeep/answer/relaunch/shop.example.com/answer.html")).headers["upkeep-maintenance"],
      "relaunch",
    );
  });

  test("the server's own checker takes every case that the renderer is tested with", async () => {
    for (const file of readdirSync(cases).filter((name) => name.endsWith(".yaml") && !name.startsWith("redirect"))) {
      const text = readFileSync(join(cases, file), "utf8").trimEnd();
      const { code, stdout, stderr } = await web.apply(`${text}\n${server ? `  server: ${server}\n` : ""}`);
      assert.equal(code, 0, `${file}: ${stdout.slice(-1000)}${stderr}`);
    }
    const all = JSON.parse(await maintenance("status", "--json")) as { name: string }[];
    const others = all.map(({ name }) => name).filter((name) => name !== "relaunch");
    assert.equal((await web.upkeep("delete", "Maintenance", ...others)).code, 0);
    await apply();
  });

  test("on: 503 with the page for browsers, for every path and method", async () => {
    await maintenance("on", "relaunch");
    const { status, headers, body } = await ask("/some/page?x=1", {
      headers: { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" },
    });
    assert.equal(status, 503);
    assert.match(headers["content-type"]!, /^text\/html; *charset=utf-8$/i);
    assert.match(body, /<h1>We will be right back<\/h1>/);
    assert.equal(headers["retry-after"], "600");
    assert.equal(headers["cache-control"], "no-store");
    assert.match(headers.vary!, /\bAccept\b/);
    assert.equal(headers["upkeep-maintenance"], "relaunch");
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const answer = await ask("/form", {
        method,
        data: "a field much longer than ten bytes",
        headers: { Accept: "text/html" },
      });
      assert.deepEqual([answer.status, /right back/.test(answer.body)], [503, true], method);
    }
    const others = ["/private", "/app", "/gone", "/moved", "/page.php"];
    for (const path of ["/", "/index.html", "/api/x", "/healthzz", "/.well-known/", "/healthz/../x", ...others])
      assert.equal((await ask(path)).status, 503, path);
  });

  test("each client gets the form it asks for", async () => {
    const form = async (accept: string) =>
      (await ask("/", { headers: { Accept: accept } })).headers["content-type"]!.split(";")[0];
    assert.equal(await form("application/json"), "application/problem+json");
    assert.equal(await form("application/problem+json, application/json"), "application/problem+json");
    assert.equal(await form("application/vnd.api+json"), "application/problem+json");
    assert.equal(await form("application/json, text/html;q=0.5"), "application/problem+json");
    assert.equal(await form("text/html, application/json"), "text/html");
    assert.equal(await form("application/xhtml+xml"), "text/html");
    assert.equal(await form("*/*"), "text/plain");
    assert.equal(await form("image/webp,*/*"), "text/plain");
    const problem = JSON.parse((await ask("/", { headers: { Accept: "application/json" } })).body);
    assert.deepEqual([problem.status, problem.title, problem.type], [503, "Service Unavailable", "about:blank"]);
    const none = await ask("/", { headers: { Accept: "" } });
    assert.deepEqual([none.status, none.headers["content-type"]!.split(";")[0]], [503, "text/plain"]);
  });

  test("HEAD says the same as GET, without a body", async () => {
    const accept = { headers: { Accept: "text/html" } };
    const [get, head] = [await ask("/", accept), await ask("/", { ...accept, method: "HEAD" })];
    for (const field of ["content-type", "retry-after", "cache-control", "vary"])
      assert.equal(head.headers[field], get.headers[field], field);
    assert.deepEqual([head.status, head.body], [503, ""]);
    if (head.headers["content-length"]) assert.equal(head.headers["content-length"], get.headers["content-length"]);
  });

  test("conditions and ranges are not asked for of the page", async () => {
    const { status } = await ask("/", {
      headers: {
        Accept: "text/html",
        "If-None-Match": "*",
        "If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT",
        Range: "bytes=0-3",
      },
    });
    assert.equal(status, 503);
  });

  test("other sites and names that nobody has are none of it", async () => {
    assert.equal((await ask("/", {}, "other")).body.trim(), "real other");
    const nobody = await web
      .ask(`http://nobody.example.net${suffix}/`)
      .catch(() => ({ headers: {} as Record<string, string> }));
    assert.equal(nobody.headers["upkeep-maintenance"], undefined);
    const upper = await web.ask(`http://SHOP.EXAMPLE.COM${suffix}/`);
    assert.equal(upper.status, 503);
    const sameSite = ["SHOP.EXAMPLE.COM", "shop.example.com.", "shop.example.com:80", "Shop.Example.Com:8080"];
    for (const name of ["../../on", "*", ...sameSite]) {
      const answer = await ask("/", { headers: { Host: name } }).catch(() => undefined);
      assert.notEqual(answer?.body.trim().toLowerCase(), "real shop", name);
    }
  });

  test("kept paths stay up", async () => {
    assert.equal((await ask("/healthz")).body, "well");
    assert.equal((await ask("/.well-known/acme-challenge/token")).body, "challenge");
    assert.equal((await ask("/.well-known/acme-challenge/../../index.html")).status, 503);
    assert.equal((await ask("/.well-known/acme-challenge/%2e%2e/%2e%2e/index.html")).status, 503);
  });

  test("message and expected end change while it is on, without a reload", async () => {
    const generation = async () =>
      JSON.parse((await web.upkeep("status", "--json")).stdout).lastGeneration.summary as string;
    await maintenance("on", "relaunch", "--for", "2h", "--message", `"New" <shop> & more \\ $x {y} %z`);
    assert.doesNotMatch(await generation(), /reloads/);
    const html = await ask("/", { headers: { Accept: "text/html" } });
    assert.match(html.body, /&#34;New&#34; &#60;shop&#62; &#38; more \\ \$x \{y\} %z/);
    const end = Date.parse(html.headers["retry-after"]!);
    assert.ok(Math.abs(end - Date.now() - 7_200_000) < 60_000, html.headers["retry-after"]);
    assert.match(html.body, new RegExp(`datetime="${new Date(end).toISOString().slice(0, 19)}`));
    const text = await ask("/");
    assert.match(text.body, /"New" <shop> & more \\ \$x \{y\} %z/);
    await maintenance("on", "relaunch", "--until", new Date(Date.now() + 3_600_000).toISOString());
    const sooner = Date.parse((await ask("/")).headers["retry-after"]!);
    assert.ok(Math.abs(sooner - Date.now() - 3_600_000) < 60_000);
  });

  test("allowed addresses and networks see the real site, IPv4 and IPv6", async () => {
    await apply("active: true\nallow: [198.51.100.0/24, '2001:db8::/32']");
    assert.equal((await ask("/")).status, 503);
    assert.equal((await askFrom("198.51.100.10", "/")).body.trim(), "real shop");
    assert.equal((await askFrom("[2001:db8::10]", "/")).body.trim(), "real shop");
    await apply("active: true\nallow: [198.51.100.99, '2001:db8::99', 127.0.0.1]");
    assert.equal((await askFrom("198.51.100.10", "/")).status, 503);
    assert.equal((await askFrom("[2001:db8::10]", "/")).status, 503);
    await isReal();
  });

  test("a stated address counts only if a trusted proxy states it, and only the last one", async () => {
    const stating = (value: string) => ({ headers: { "X-Forwarded-For": value } });
    await apply("active: true\nallow: [203.0.113.0/24, '2001:db8:5::/48']");
    assert.equal((await ask("/", stating("203.0.113.7"))).status, 503, "nobody is trusted");
    await apply("active: true\nallow: [203.0.113.0/24, '2001:db8:5::/48']\ntrustedProxies: [198.51.100.0/24]");
    assert.equal((await ask("/", stating("203.0.113.7"))).status, 503, "a peer that is not trusted");
    const via = (value: string) => askFrom("198.51.100.10", "/", stating(value));
    assert.equal((await via("203.0.113.7")).body.trim(), "real shop");
    assert.equal((await via("192.0.2.1, 203.0.113.7")).body.trim(), "real shop");
    assert.equal((await via("2001:db8:5::7")).body.trim(), "real shop");
    for (const value of [
      "203.0.113.7, 192.0.2.1",
      "203.0.114.7",
      "203.0.113.7.evil",
      "2001:db8:6::7",
      "",
      "unknown",
      "203.0.113.7, evil",
    ])
      assert.equal((await via(value)).status, 503, value);
    assert.equal((await askFrom("198.51.100.10", "/")).status, 503, "a proxy that says nothing");
  });

  const linkTo = async (name: string) => /\/\.maintenance\/\S+/.exec(await maintenance("link", name))![0];
  /** What a browser sends from now on. */
  const cookieOf = ({ headers }: Awaited<ReturnType<typeof ask>>) => headers["set-cookie"]?.split(";")[0];

  test("a secret link sets a cookie that lets this browser in, here and nowhere else, until it ends", async () => {
    await apply("active: true\nsecret: {hours: 5}");
    const link = await linkTo("relaunch");
    for (const method of ["HEAD", "POST", "OPTIONS"])
      assert.equal((await ask(link, { method })).headers["set-cookie"], undefined, method);
    const entered = await ask(link);
    assert.deepEqual([entered.status, entered.headers["cache-control"]], [303, "no-store"]);
    assert.match(entered.headers.location!, /^(http:\/\/shop\.example\.com(:\d+)?)?\/$/);
    const cookie = entered.headers["set-cookie"]!;
    assert.match(
      cookie,
      /^upkeep_relaunch=relaunch\.[0-9a-f]{6}\.\d+\.[\w-]{43}; Path=\/; Max-Age=18000; HttpOnly; SameSite=Lax$/,
    );
    const value = cookie.split(";")[0]!;
    const withCookie = (text: string) => ({ headers: { Cookie: text } });
    await isReal("/", withCookie(value));
    await isReal("/", withCookie(`a=b; ${value}; c=d`));
    const again = await ask(link);
    assert.deepEqual([again.status, again.headers["set-cookie"]], [503, undefined], "a link is good once");
    const given = link.replace("/.maintenance/", "");
    assert.equal((await ask("/", withCookie(`upkeep_relaunch=${given}`))).status, 503, "a link is no cookie");
    assert.equal((await ask(`/.maintenance/${value.split("=")[1]}`)).status, 503, "a cookie is no link");
    const [name, about, seconds, signature] = value.split("=")[1]!.split(".");
    for (const forged of [
      `${name}.${about}.${Number(seconds) + 3600}.${signature}`,
      `${name}.${about}.${seconds}.${"A".repeat(43)}`,
      `${name}.${about}.${seconds}.*`,
      "*",
      "../../on/shop.example.com",
      `../shop.example.com/${value.split("=")[1]}`,
      "",
      "../../doors/shop.example.com",
    ]) {
      assert.equal((await ask("/", withCookie(`upkeep_relaunch=${forged}`))).status, 503, forged);
      assert.ok([503, 400].includes((await ask(`/.maintenance/${forged}`)).status), forged);
    }
    assert.equal((await ask("/", withCookie(`other=${value.split("=")[1]}`))).status, 503);

    await web.apply(
      `kind: Maintenance\nname: second\nspec: {sites: [other.example.com], active: true, secret: true${server ? `, server: ${server}` : ""}}\n`,
    );
    const toOther = await linkTo("second");
    assert.equal((await ask(toOther)).headers["set-cookie"], undefined, "of another site");
    const foreign = cookieOf(await ask(toOther, {}, "other"))!.split("=")[1];
    assert.equal((await ask("/", withCookie(`upkeep_relaunch=${foreign}`))).status, 503, "of another site");
    assert.equal((await ask("/", withCookie(`upkeep_second=${foreign}`))).status, 503, "of another site");
    assert.equal((await ask("/", withCookie(`upkeep_second=${foreign}`), "other")).body.trim(), "real other");
    await maintenance("off", "second");

    await maintenance("link", "relaunch", "--revoke");
    assert.equal((await ask("/", withCookie(value))).status, 503, "revoked");
  });

  test("a link and its cookie end by themselves", async () => {
    await apply("active: true\nsecret: true");
    const cookie = { headers: { Cookie: cookieOf(await ask(await linkTo("relaunch")))! } };
    const unused = await linkTo("relaunch");
    await isReal("/", cookie);
    // Nobody wants to wait for an hour: what the host has on its list is made to end soon.
    web.write("/root/hasten.mjs", hasten);
    await web.must("/opt/upkeep/node_modules/.bin/node", "--disable-warning=ExperimentalWarning", "/root/hasten.mjs");
    await maintenance("settle");
    await eventually("nobody is let in any longer", async () => (await ask("/", cookie)).status === 503);
    assert.equal((await ask(unused)).headers["set-cookie"], undefined);
    const isKept = async () => (await web.exec(["systemctl", "is-active", "--quiet", "upkeep-door"])).code === 0;
    await eventually("no door is kept that is not there", async () => !(await isKept()));
    await eventually("the link is gone", async () => (await ask(unused)).status === 503);
  });

  test("of many who come at once by one link, one gets in", async () => {
    const link = await linkTo("relaunch");
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(link)));
    assert.equal(answers.filter(({ headers }) => headers["set-cookie"] !== undefined).length, 1);
    assert.ok(answers.every(({ status }) => status === 303 || status === 503));
  });

  test("a pattern means what is below it, and all means all", async () => {
    const below = async () => {
      const name = server ? "shop.example.org" : "below.example.org";
      const { status, headers } = await web.ask(`http://${name}${suffix}/`);
      return status === 503 && headers["upkeep-maintenance"] === "wide";
    };
    const wide = async (sites: string) => {
      const yaml = `kind: Maintenance\nname: wide\nspec:\n  sites: ${sites}\n  active: true\n${server ? `  server: ${server}\n` : ""}`;
      const { code, stdout, stderr } = await web.apply(yaml);
      assert.equal(code, 0, stdout.slice(-1000) + stderr);
    };
    await maintenance("off", "relaunch");
    await wide('["*.example.org"]');
    assert.equal(await below(), true);
    // A virtual host or server block of someone else's goes as a whole, with all its names.
    if (server === "apache" || server === "nginx") assert.equal((await ask("/")).status, 503);
    else await isReal();
    await wide("all");
    assert.equal(await below(), true);
    assert.equal((await ask("/")).headers["upkeep-maintenance"], "wide");
    assert.equal((await web.upkeep("delete", "Maintenance", "wide")).code, 0);
    assert.equal(await below(), false);
    await isReal();
  });

  test("a window opens and closes by itself", async () => {
    const begun = Date.now();
    await apply("active: false");
    // Time to say it in, however slow the machine is.
    const pace = 2500 + 3 * (Date.now() - begun);
    const [from, until] = [pace, 2 * pace].map((milliseconds) => new Date(Date.now() + milliseconds).toISOString());
    await apply(`from: "${from}"\nuntil: "${until}"`);
    await isReal();
    assert.match(await maintenance("status", "relaunch"), /^off .*from /);
    const becomes = async (status: number) => {
      await eventually(`it answers ${status}`, async () => (await ask("/")).status === status, 2 * pace + 10_000);
      return Date.now();
    };
    const opened = await becomes(503);
    assert.ok(opened >= Date.parse(from!), "too early");
    const closed = await becomes(200);
    assert.ok(closed >= Date.parse(until!), "too early");
  });

  test("its owner reloads or restarts the server, and the switch stays where it is", async () => {
    for (const verb of ["on", "off"]) {
      await apply();
      await maintenance(verb, "relaunch");
      for (const command of ["reload", "restart"]) {
        // Varnish's own reload gives its C compiler five seconds.
        await eventually(
          `${unit} is ${command}ed`,
          async () => (await web.exec(["systemctl", command, unit])).code === 0,
        );
        await web.answers(port);
        if (verb === "off") await isReal();
        else assert.equal((await ask("/")).status, 503, command);
      }
    }
    await apply();
    await maintenance("on", "relaunch");
    if (server !== "varnish") return;
    assert.equal((await ask("/")).status, 503);
    await maintenance("off", "relaunch");
    assert.match(await web.must("varnishadm", "backend.list"), /\.upkeep_off_relaunch +healthy/);
    // Another one makes Varnish load its configuration, and forget.
    const another = "kind: Maintenance\nname: another\nspec: {sites: [other.example.com], server: varnish}\n";
    assert.equal((await web.apply(another)).code, 0);
    assert.match(await web.must("varnishadm", "backend.list"), /\.upkeep_off_relaunch +healthy/);
    assert.equal((await web.upkeep("delete", "Maintenance", "another")).code, 0);
    await maintenance("on", "relaunch");
    assert.match(await web.must("varnishadm", "backend.list"), /\.upkeep_off_relaunch +probe/);
  });

  test("off: the real site at once; and deleted, no trace of it is left", async () => {
    await apply("active: true");
    assert.equal((await ask("/")).status, 503);
    await maintenance("off", "relaunch");
    await isReal();
    const { code, stdout, stderr } = await web.upkeep(
      "delete",
      "Maintenance",
      "relaunch",
      ...((await maintenance("status", "--json")).includes("second") ? ["second"] : []),
    );
    assert.equal(code, 0, stdout + stderr);
    await isReal();
    const left = await web.exec([
      "grep",
      "-rlsE",
      "relaunch|# Upkeep",
      "/etc/apache2",
      "/etc/nginx",
      "/etc/varnish",
      "/etc/lighttpd",
      "/etc/haproxy",
      "/etc/caddy",
    ]);
    assert.equal(left.stdout, "");
    assert.equal((await web.exec(["ls", "/var/lib/upkeep-maintenance"])).stdout, "");
  });
}

/** Runs inside a host: makes every link end in a moment. */
const hasten = `
import { DatabaseSync } from "node:sqlite";
const database = new DatabaseSync("/var/lib/upkeep/host.db");
const { value } = database.prepare("SELECT value FROM decisions WHERE name = 'maintenance links'").get();
const links = JSON.parse(value).map((link) => ({ ...link, ends: Date.now() + 3000 }));
database.prepare("UPDATE decisions SET value = ? WHERE name = 'maintenance links'").run(JSON.stringify(links));
`;
