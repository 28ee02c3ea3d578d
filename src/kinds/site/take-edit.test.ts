import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SiteSpec, siteSpec } from "./schema.ts";
import { takeEdit } from "./take-edit.ts";

const spec = (custom: readonly string[] = []): SiteSpec => siteSpec.parse({ custom });

const apache = `# Managed by Upkeep: Site/shop.example.com.
<VirtualHost *:80>
    ServerName shop.example.com
    <Directory /home/shop>
        Require all granted
    </Directory>
    SetEnv MODE old
</VirtualHost>
`;

const nginx = `# Managed by Upkeep: Site/shop.example.com.
server {
    server_name shop.example.com;
    location / {
        try_files $uri =404;
    }
}
`;

const put = (text: string, before: string, line: string) => text.replace(before, `${line}\n${before}`);

const cases: readonly [
  says: string,
  custom: readonly string[],
  written: string,
  found: string,
  wanted: readonly string[] | RegExp,
][] = [
  [
    "a line in Apache's block",
    ["SetEnv MODE old"],
    apache,
    put(apache, "    SetEnv", "    SetEnv MORE yes"),
    ["SetEnv MODE old", "SetEnv MORE yes"],
  ],
  [
    "a section of one's own",
    ["SetEnv MODE old"],
    apache,
    put(apache, "</VirtualHost>", "    <Location /x>\n        Require all denied\n    </Location>"),
    ["SetEnv MODE old", "<Location /x>", "Require all denied", "</Location>"],
  ],
  [
    "a line in nginx's block",
    [],
    nginx,
    put(nginx, "    location", "    client_max_body_size 1g;"),
    ["client_max_body_size 1g;"],
  ],
  [
    "another value of a line of the operator's",
    ["SetEnv MODE old"],
    apache,
    apache.replace("MODE old", "MODE new"),
    ["SetEnv MODE new"],
  ],
  [
    "a line of the operator's that is gone",
    ["SetEnv MODE old"],
    apache,
    apache.replace("    SetEnv MODE old\n", ""),
    [],
  ],
  [
    "the same in the blocks for http and https",
    [],
    nginx + nginx,
    nginx.replace("    location", "    a 1;\n    location").repeat(2),
    ["a 1;"],
  ],
  [
    "what comes from another field",
    [],
    apache.replace("    SetEnv MODE old\n", ""),
    apache.replace("shop.example.com\n    <", "other.example.com\n    <").replace("    SetEnv MODE old\n", ""),
    /"ServerName shop\.example\.com" comes from another field/,
  ],
  [
    "what stands inside of another section",
    ["SetEnv MODE old"],
    apache,
    put(apache, "    </Directory>", "        Options +Indexes"),
    /"Options \+Indexes" stands inside of another section/,
  ],
  ["the same of nginx", [], nginx, put(nginx, "    }", "        autoindex on;"), /"autoindex on;" stands inside/],
  ["what stands outside", [], nginx, `${nginx}map $a $b {\n}\n`, /"map \$a \$b \{" stands outside/],
  ["a remark", [], nginx, put(nginx, "    location", "    # mind this"), /nothing of this edit/],
  ["a file of another kind", [], "user 1\n", "user 2\n", /does not come from/],
];

describe("what somebody has changed by hand in a site's configuration is taken into its record", () => {
  for (const [says, custom, written, found, wanted] of cases)
    test(says, () => {
      const taken = takeEdit(spec(custom), { written, found });
      if (wanted instanceof RegExp) assert.match("problem" in taken ? taken.problem : JSON.stringify(taken), wanted);
      else assert.deepEqual("spec" in taken ? (taken.spec as SiteSpec).custom : taken.problem, wanted);
    });
});
