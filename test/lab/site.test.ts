import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";

/** One suite of behaviours; every web server that Upkeep supports has to show all of them. */
for (const server of ["apache", "nginx"] as const) {
  describe(`a site on ${server}`, () => {
    let lab: Lab<"web1">;
    let web: TestHost;

    before(async () => {
      lab = await openLab({ web1: server === "apache" ? "apache2" : "nginx" });
      web = lab.hosts.web1;
      await web.certificate("shop", "shop.example.com");
    });
    after(() => lab.close());

    const site = (name: string, spec = "") =>
      `kind: Site\nname: ${name}\n${spec ? `spec:\n${spec.replace(/^/gm, "  ")}` : ""}`;

    async function live(name: string, spec?: string): Promise<void> {
      const { code, stdout, stderr } = await web.apply(site(name, spec));
      assert.equal(code, 0, `${stdout.slice(-3000)}\n${stderr}`);
    }

    const directory = (name: string) => `/home/${name.replaceAll("-", "_").replaceAll(".", "-")}/${name}`;
    const put = (name: string, path: string, content: string, mode = 0o644) =>
      web.write(`${directory(name)}/${path}`, content, mode);

    test("two lines are enough, and the page says that the site is ready", async () => {
      await live("two-lines.example.com");
      const { status, body } = await web.ask("http://two-lines.example.com/");
      assert.equal(status, 200);
      assert.match(body, /two-lines\.example\.com is ready/);
    });

    test("every other name redirects to the canonical one, with path and query", async () => {
      await live(
        "canonical.example.com",
        "aliases: [www.canonical.example.com, '*.wild.example.com', münchen.example]",
      );
      for (const name of ["www.canonical.example.com", "any.wild.example.com", "xn--mnchen-3ya.example"]) {
        const { status, headers } = await web.ask(`http://${name}/a/b?c=d`);
        assert.equal(status, 308, name);
        assert.equal(headers.location, "http://canonical.example.com/a/b?c=d");
      }
    });

    test("another canonical name and status can be chosen, or none", async () => {
      await live(
        "plain.example.com",
        "aliases: [www.plain.example.com]\ncanonical: {name: www.plain.example.com, status: 301}",
      );
      const answer = await web.ask("http://plain.example.com/x");
      assert.deepEqual([answer.status, answer.headers.location], [301, "http://www.plain.example.com/x"]);
      await live("plain.example.com", "aliases: [www.plain.example.com]\ncanonical: false");
      for (const name of ["plain", "www.plain"])
        assert.equal((await web.ask(`http://${name}.example.com/`)).status, 200, name);
    });

    test("an exact name goes before a wildcard, whatever their files are called", async () => {
      await live("aaa.example.net", "aliases: ['*.wild.example.net']\ncanonical: false");
      await live("zzz.wild.example.net");
      assert.match((await web.ask("http://zzz.wild.example.net/")).body, /zzz\.wild\.example\.net is ready/);
      assert.match((await web.ask("http://other.wild.example.net/")).body, /aaa\.example\.net is ready/);
    });

    test("a name that nobody has does not get some customer's site", async () => {
      const { body } = await web.ask("http://nobody.example.org/");
      assert.doesNotMatch(body, /is ready/);
    });

    test("methods that are not allowed get 405 with the list of those that are", async () => {
      await live("methods.example.com");
      for (const method of ["PUT", "DELETE", "PATCH"]) {
        const { status, headers } = await web.ask("http://methods.example.com/", { method });
        assert.deepEqual([status, headers.allow], [405, "GET, HEAD, POST"], method);
      }
      const head = await web.ask("http://methods.example.com/", { method: "HEAD" });
      assert.deepEqual([head.status, head.headers.allow], [200, undefined]);
      await live("methods.example.com", "methods: [GET, HEAD]");
      const post = await web.ask("http://methods.example.com/", { method: "POST", data: "x" });
      assert.deepEqual([post.status, post.headers.allow], [405, "GET, HEAD"]);
    });

    test("error pages are the site's own", async () => {
      await live("errors.example.com", "errorPages: {404: /missing.html}");
      put("errors.example.com", "htdocs/missing.html", "nothing of that name");
      const { status, body } = await web.ask("http://errors.example.com/nowhere");
      assert.deepEqual([status, body], [404, "nothing of that name"]);
      await live("down.example.com", "proxy: http://127.0.0.1:9\nerrorPages: {502: /down.html, 503: /down.html}");
      assert.ok(
        [502, 503].includes((await web.ask("http://down.example.com/")).status),
        "a missing page hides no status",
      );
      put("down.example.com", "htdocs/down.html", "back soon");
      const down = await web.ask("http://down.example.com/any/path");
      assert.ok([502, 503].includes(down.status));
      assert.equal(down.body, "back soon");
    });

    test("addresses are let in and kept out", async () => {
      await live("denied.example.com", "deny: [127.0.0.0/8]\nerrorPages: {403: /sorry.html}");
      put("denied.example.com", "htdocs/sorry.html", "not for you");
      const denied = await web.ask("http://denied.example.com/");
      assert.deepEqual([denied.status, denied.body], [403, "not for you"]);
      await live("denied.example.com", "allow: [198.51.100.0/24, '2001:db8::/32']");
      assert.equal((await web.ask("http://denied.example.com/")).status, 403);
      await live("denied.example.com", "allow: [127.0.0.1]\ndeny: [192.0.2.1]");
      assert.equal((await web.ask("http://denied.example.com/")).status, 200);
      await live("denied.example.com", "allow: [127.0.0.0/8]\ndeny: [127.0.0.1]");
      assert.equal((await web.ask("http://denied.example.com/")).status, 403);
    });

    test("response headers arrive as they were written, dollars, percents and quotes included", async () => {
      const value = 'a "b" $c %d \\ ;{}\'#';
      await live("headers.example.com", `headers:\n  X-Odd: ${JSON.stringify(value)}\n  X-Plain: nosniff`);
      const { headers } = await web.ask("http://headers.example.com/");
      assert.deepEqual([headers["x-odd"], headers["x-plain"]], [value, "nosniff"]);
      assert.equal((await web.ask("http://headers.example.com/nowhere")).headers["x-plain"], "nosniff");
    });

    test("redirects: exact before prefix, long prefix before short, the rest and the query appended as sent", async () => {
      await live(
        "redirects.example.com",
        `redirects:
  - {from: /old, to: /new, status: 308}
  - {from: /blog/*, to: "https://blog.example.com/*"}
  - {from: /blog/2020/*, to: "https://archive.example.com/", status: 302}
  - {from: /query, to: "/search?q=a%20b&x=1"}`,
      );
      for (const [path, status, location] of [
        ["/old?a=1", 308, "http://redirects.example.com/new?a=1"],
        ["/blog/x%2Fy/z?q=1", 301, "https://blog.example.com/x%2Fy/z?q=1"],
        ["/blog/2020/x", 302, "https://archive.example.com/"],
        ["/query", 301, "http://redirects.example.com/search?q=a%20b&x=1"],
      ] as const) {
        const answer = await web.ask(`http://redirects.example.com${path}`);
        assert.deepEqual([answer.status, answer.headers.location], [status, location], path);
      }
      const injected = await web.ask("http://redirects.example.com/blog/%0d%0aX-Evil:%201");
      assert.equal(injected.headers["x-evil"], undefined);
    });

    test("hidden files are not served, well-known ones are", async () => {
      await live("hidden.example.com");
      put("hidden.example.com", "htdocs/.git/config", "secret");
      put("hidden.example.com", "htdocs/.well-known/security.txt", "contact");
      assert.equal((await web.ask("http://hidden.example.com/.git/config")).status, 404);
      assert.equal((await web.ask("http://hidden.example.com/.well-known/security.txt")).body, "contact");
    });

    test("CGI programs run as the site's user", async () => {
      await live("cgi.example.com", "cgi: true");
      put(
        "cgi.example.com",
        "cgi-bin/who",
        '#!/bin/sh\necho "Content-Type: text/plain"\necho\nid -un\necho "$REQUEST_METHOD $QUERY_STRING $SCRIPT_NAME"\n',
        0o755,
      );
      await web.must("chown", "cgi-example-com:", `${directory("cgi.example.com")}/cgi-bin/who`);
      const { status, body } = await web.ask("http://cgi.example.com/cgi-bin/who?a=b");
      assert.deepEqual([status, body], [200, "cgi-example-com\nGET a=b /cgi-bin/who\n"]);
      assert.ok([403, 404].includes((await web.ask("http://cgi.example.com/cgi-bin/none")).status));
    });

    test("PHP runs as the site's user, with its own limits, and sees no other site", async () => {
      await live("php.example.com", "php: {memory: 96M, children: 3}");
      put(
        "php.example.com",
        "htdocs/index.php",
        '<?php echo posix_getpwuid(posix_geteuid())["name"], " ", ini_get("memory_limit"), " ", @file_get_contents("/home/cgi-example-com/cgi.example.com/cgi-bin/who") === false ? "closed" : "open";',
      );
      assert.equal((await web.ask("http://php.example.com/")).body, "php-example-com 96M closed");
      assert.equal((await web.ask("http://php.example.com/none.php")).status, 404);
      await web.must("rm", `${directory("php.example.com")}/htdocs/index.php`);
      assert.match((await web.ask("http://php.example.com/")).body, /is ready/);
    });

    test("a proxy passes every method, WebSocket and the visitor's scheme and host", async () => {
      web.write("/root/upstream.mjs", upstream);
      const runtime = "/opt/upkeep/node_modules/.bin/node";
      await web.must("systemd-run", "--unit=upstream", "--quiet", runtime, "/root/upstream.mjs");
      for (const target of ["http://127.0.0.1:3000", "unix:/run/upstream.sock"]) {
        await live("proxy.example.com", `proxy: ${target}`);
        const { body } = await web.ask("http://proxy.example.com/some/path?q=1", { method: "PUT", data: "x" });
        assert.equal(body, "PUT /some/path?q=1 proxy.example.com http", target);
        const greeting = await web.must(runtime, "/root/upstream.mjs", "talk");
        assert.equal(greeting.trim(), "you said hello", target);
      }
    });

    test("with tls, http redirects, https answers with HTTP/2 and HSTS", async () => {
      await live(
        "shop.example.com",
        "aliases: [www.shop.example.com]\ntls: {certificate: /etc/ssl/shop.pem, key: /etc/ssl/shop.key}\nhsts: {includeSubDomains: true, preload: true}",
      );
      const plain = await web.ask("http://www.shop.example.com/a?b=c");
      assert.deepEqual([plain.status, plain.headers.location], [308, "https://shop.example.com/a?b=c"]);
      const secure = await web.ask("https://shop.example.com/", {
        args: ["--http2", "--write-out", "\n%{http_version}"],
      });
      assert.deepEqual(
        [secure.status, secure.headers["strict-transport-security"]],
        [200, "max-age=31536000; includeSubDomains; preload"],
      );
      assert.match(secure.body, /\n2$/);
      const alias = await web.ask("https://www.shop.example.com/a");
      assert.deepEqual([alias.status, alias.headers.location], [308, "https://shop.example.com/a"]);
    });

    test("over https, too, a name that nobody has does not get some customer's site", async () => {
      const { body } = await web.ask("https://nobody.example.org/").catch(() => ({ body: "" }));
      assert.doesNotMatch(body, /is ready/);
    });

    test("a key that does not belong to its certificate is refused before the server would die of it", async () => {
      await web.must("openssl", "genrsa", "-out", "/etc/ssl/other.key", "2048");
      const { code, stdout } = await web.apply(
        site("wrong-key.example.com", "tls: {certificate: /etc/ssl/shop.pem, key: /etc/ssl/other.key}"),
      );
      assert.equal(code, 3);
      assert.match(stdout, /does not belong to the certificate/);
      assert.equal((await web.ask("https://shop.example.com/")).status, 200);
      await web.upkeep("delete", "Site", "wrong-key.example.com");
    });

    test("basic authentication asks, refuses and lets in", async () => {
      const hash = (await web.exec(["/opt/upkeep/upkeep", "hash-password"], "correct horse")).stdout.trim();
      await live("auth.example.com", `basicAuth: {realm: "Members only", users: {alice: "${hash}"}}`);
      const asked = await web.ask("http://auth.example.com/");
      assert.equal(asked.status, 401);
      assert.match(asked.headers["www-authenticate"] ?? "", /Basic realm="Members only"/);
      assert.equal((await web.ask("http://auth.example.com/", { user: "alice:wrong" })).status, 401);
      assert.equal((await web.ask("http://auth.example.com/", { user: "alice:correct horse" })).status, 200);
    });

    test("the plan shows no password hash", async () => {
      const { stdout } = await web.exec(
        ["/opt/upkeep/upkeep", "plan", "-"],
        site(
          "auth2.example.com",
          'basicAuth: {users: {bob: "$2b$10$C6UzMDM.H6dfI/f/IKcEeO5a8r6Zz6b0q0x8pRr5JwP4p0rj3m2uK"}}',
        ),
      );
      assert.match(stdout, /content not shown/);
      assert.doesNotMatch(stdout, /\$2b\$10/);
    });

    test("each site has its own logs", async () => {
      await live("logs.example.com");
      await web.ask("http://logs.example.com/only-here");
      assert.match(await web.must("cat", `${directory("logs.example.com")}/log/access.log`), /only-here/);
    });

    test("one site's user can read nothing of another's", async () => {
      await live("neighbour.example.com");
      const { code } = await web.exec([
        "setpriv",
        "--reuid=neighbour-example-com",
        "--regid=neighbour-example-com",
        "--clear-groups",
        "ls",
        directory("logs.example.com"),
      ]);
      assert.notEqual(code, 0);
    });

    test("the files say who manages them and how to change them", async () => {
      const file = await web.must(
        "cat",
        `/etc/${server === "apache" ? "apache2" : "nginx"}/upkeep/logs.example.com.conf`,
      );
      assert.match(file, /^# Managed by Upkeep: Site\/logs\.example\.com\./);
      assert.match(file, /upkeep edit Site logs\.example\.com/);
    });

    test("a deleted site is served no longer, and its files stay", async () => {
      const { code, stdout } = await web.upkeep("delete", "Site", "logs.example.com");
      assert.equal(code, 0);
      assert.match(stdout, /Left alone.*logs\.example\.com\/htdocs/);
      assert.doesNotMatch((await web.ask("http://logs.example.com/")).body, /is ready/);
      await web.must("test", "-f", `${directory("logs.example.com")}/htdocs/index.html`);
    });

    test("what is deleted and stated again finds its files as they were", async () => {
      put("logs.example.com", "htdocs/index.html", "still here");
      await live("logs.example.com");
      assert.equal((await web.ask("http://logs.example.com/")).body, "still here");
    });
  });
}

/** Echoes over HTTP on a port and a socket; with `talk`, speaks WebSocket through the proxy. */
const upstream = `
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { chmodSync } from "node:fs";
const { WebSocket, WebSocketServer } = createRequire("/opt/upkeep/")("ws");
if (process.argv[2] === "talk") {
  const socket = new WebSocket("ws://127.0.0.1/chat", { headers: { host: "proxy.example.com" } });
  socket.on("open", () => socket.send("hello"));
  socket.on("message", (data) => { console.log(String(data)); process.exit(0); });
} else {
  for (const where of [3000, "/run/upstream.sock"]) {
    const server = createServer((request, response) =>
      response.end([request.method, request.url, request.headers.host, request.headers["x-forwarded-proto"]].join(" ")));
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) => socket.on("message", (data) => socket.send("you said " + data)));
    server.listen(where, () => typeof where === "string" && chmodSync(where, 0o777));
  }
}
`;
