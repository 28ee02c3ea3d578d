import assert from "node:assert/strict";
import { test } from "node:test";
import { hostBlocks } from "./apache/host-blocks.ts";
import { blocksOf } from "./blocks.ts";
import { siteBlocks } from "./caddy/site-blocks.ts";
import { insertion, marked, withoutOurs } from "./insert.ts";
import { serverBlocks } from "./nginx/server-blocks.ts";

const found = (blocks: readonly { names: readonly string[]; line: number }[]) =>
  blocks.map(({ names, line }) => [names.join(" "), line]);

test("nginx's server blocks: nested blocks, quotes, comments, several names on several lines", () => {
  const text = `http {
  # server { server_name commented.example.com; }
  server { listen 80; server_name one.example.com "two.example.com"; }
  map $x $y { default "}"; }
  server {
    location / { return 200 "server { server_name quoted.example.com; }"; }
    server_name
      three.example.com
      ~^(?<sub>.+)\\.example\\.net$;
    if ($host = a) { return 301 https://$host\${request_uri}; }
  }
  upstream server { server 127.0.0.1:80; }
}
`;
  assert.deepEqual(found(serverBlocks("f", text)), [
    ["one.example.com two.example.com", 2],
    ["three.example.com ~^(?<sub>.+)\\.example\\.net$", 8],
  ]);
});

test("Apache's virtual hosts", () => {
  const text = `# <VirtualHost *:80>
<VirtualHost *:80 [::]:80>
  ServerName http://One.example.com:80
  serveralias "two.example.com" *.three.example.com
</VirtualHost>
<virtualhost *:443>
</virtualhost>
`;
  assert.deepEqual(found(hostBlocks("f", text)), [
    ["One.example.com two.example.com *.three.example.com", 1],
    ["", 5],
  ]);
});

test("a Caddyfile's site blocks, and not its options, snippets or placeholders", () => {
  const text = `{
	auto_https off
}
(snippet) {
	header X {args.0}
}
import other
# comment {
https://one.example.com:8443, two.example.com
three.example.com/path {
	handle /a {
		respond "{path} {"
	}
}
:80 {
	respond hi
}
`;
  assert.deepEqual(found(siteBlocks("f", text)), [
    ["one.example.com two.example.com three.example.com", 9],
    ["*", 14],
  ]);
});

test("which blocks answer for a site or a pattern", () => {
  const blocks = ["shop.example.com", "*.example.org", ".example.net", "*"].map((name, line) => ({
    file: "f",
    names: [name],
    line,
  }));
  const lines = (site: string) => blocksOf(blocks, site).map(({ line }) => line);
  assert.deepEqual(lines("shop.example.com"), [0, 3]);
  assert.deepEqual(lines("a.example.org"), [1, 3]);
  assert.deepEqual(lines("example.org"), [3]);
  assert.deepEqual(lines("example.net"), [2, 3]);
  assert.deepEqual(lines("*.example.com"), [0, 3]);
  assert.deepEqual(lines("all"), [0, 1, 2, 3]);
});

test("our lines go in and come out again, and the rest of the file stays as it was", () => {
  const text = "a {\n\tb\n}\n\nc\n";
  const lines = new Map([
    [-1, [marked("first")]],
    [0, [marked("\tinclude x;"), "\tIncludeOptional /etc/apache2/upkeep/maintenance/y/*.conf"]],
  ]);
  const once = insertion("f", text, lines, "nginx").content;
  assert.equal(
    once,
    "first # Upkeep\na {\n\tinclude x; # Upkeep\n\tIncludeOptional /etc/apache2/upkeep/maintenance/y/*.conf\n\tb\n}\n\nc\n",
  );
  assert.equal(insertion("f", once, lines, "nginx").content, once);
  assert.equal(withoutOurs(once), text);
});
