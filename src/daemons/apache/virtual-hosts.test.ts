import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignHosts } from "./virtual-hosts.ts";

const dump = `VirtualHost configuration:
[::1]:80               six.example.com (/etc/apache2/sites-enabled/own.conf:8)
*:8080                 elsewhere.example.com (/etc/apache2/sites-enabled/own.conf:11)
*:80                   is a NameVirtualHost
         default server host (/etc/apache2/sites-enabled/000-default.conf:1)
         port 80 namevhost host (/etc/apache2/sites-enabled/000-default.conf:1)
         port 80 namevhost Own.example.com (/etc/apache2/sites-enabled/own.conf:1)
                 alias www.own.example.com
                 wild alias *.b.example.com
         port 80 namevhost ours.example.com (/etc/apache2/upkeep/ours.example.com.conf:3)
                 alias www.ours.example.com
         port 80 namevhost last.example.com (/etc/apache2/upkeep/last.example.com.conf:3)
                 alias www.last.example.com
         port 80 namevhost late.example.com (/etc/apache2/sites-enabled/zzz.conf:2)
Syntax OK
`;

const cases = {
  "a virtual host read before ours": ["own.example.com", "/etc/apache2/sites-enabled/own.conf:1"],
  "its alias": ["www.own.example.com", "/etc/apache2/sites-enabled/own.conf:1"],
  "a name that its wildcard covers": ["shop.b.example.com", "/etc/apache2/sites-enabled/own.conf:1"],
  "its wildcard itself": ["*.b.example.com", "/etc/apache2/sites-enabled/own.conf:1"],
  "a virtual host read after ours": ["late.example.com", "/etc/apache2/sites-enabled/zzz.conf:2"],
  "a name of ours": ["ours.example.com", undefined],
  "an alias of our last": ["www.last.example.com", undefined],
  "a name on another address or port": ["elsewhere.example.com", undefined],
  "a name that nobody has": ["b.example.com", undefined],
} as const;

for (const [what, [name, at]] of Object.entries(cases))
  test(`who else serves a name: ${what}`, () => assert.equal(foreignHosts(dump)(name), at));
