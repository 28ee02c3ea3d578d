import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import type { TestHost } from "../../../lab/lab.ts";
import type { Subject } from "./subject.ts";

const servers = {
  apache: {
    server: "apache2",
    own: {
      "/etc/apache2/sites-enabled/own.conf":
        "<VirtualHost *:80>\nServerName own.example.com\nRedirect 410 /\n</VirtualHost>\n",
      "/etc/apache2/conf-enabled/own.conf": "# of the host's owner\n",
    },
    bad: "NotADirective on",
    words: /Invalid command 'NotADirective'/,
  },
  nginx: {
    server: "nginx",
    own: {
      "/etc/nginx/sites-enabled/own": "server { listen 80; server_name own.example.com; return 410; }\n",
      "/etc/nginx/conf.d/own.conf": "# of the host's owner\n",
    },
    bad: "not_a_directive on;",
    words: /unknown directive "not_a_directive"/,
  },
} as const;

const name = "shop.example.com";
const hash = bcrypt.hashSync("correct horse", 4);

const site = (version: string) => ({
  aliases: [`www.${name}`],
  headers: { "X-Version": version },
  basicAuth: { users: { alice: hash } },
});

async function serves(host: TestHost, version: string): Promise<void> {
  const asked = await host.ask(`http://${name}/`);
  assert.equal(asked.status, 401);
  const { status, headers, body } = await host.ask(`http://${name}/`, { user: "alice:correct horse" });
  assert.deepEqual([status, headers["x-version"]], [200, version]);
  assert.match(body, /shop\.example\.com is ready/);
  await servesOthers(host);
}

const servesOthers = async (host: TestHost) =>
  assert.equal((await host.ask("http://own.example.com/")).status, 410, "the owner's own site");

/** A site, on either of the servers. */
export function siteOn(server: keyof typeof servers): Subject {
  const { server: program, own, bad, words } = servers[server];
  return {
    kind: "Site",
    server: program,
    prepare: async (host) => {
      await host.must("systemctl", "reload", program);
    },
    others: own,
    before: [{ kind: "Jail", name: "scan", spec: { maxRetry: 50 } }],
    name,
    good: site("one"),
    changed: site("two"),
    neighbour: { name: "aaa.example.com", spec: { headers: { "X-Version": "aaa" } } },
    refused: { spec: { ...site("one"), root: "../../etc" }, says: /spec\.root/ },
    quarantined: { spec: { ...site("three"), custom: [bad] }, says: words },
    secret: { plain: hash, mayStandIn: [/^\/etc\/(apache2|nginx)\/upkeep\/.*passw/] },
    isThere: (host) => serves(host, "one"),
    isChanged: (host) => serves(host, "two"),
    async isGone(host) {
      const { headers, body } = await host.ask(`http://${name}/`, { user: "alice:correct horse" });
      assert.equal(headers["x-version"], undefined);
      assert.doesNotMatch(body, /is ready/);
      await servesOthers(host);
    },
    leaves: [
      {
        name: /^\/etc\/apache2\/mods-enabled\/\w+\.(load|conf)$/,
        because: "an enabled module stays: by then others may rely on it",
      },
      {
        name: /^\/etc\/(apache2|nginx)\/upkeep(\/(wildcard|maintenance|maintenance-port))?$/,
        because: "the next site needs it; it is empty",
      },
      { name: /^\/home\//, because: "what is in sites' directories is their customers'" },
      {
        name: /^(passwd|group|shadow|gshadow|subuid|subgid) (other_)?(shop|aaa)-/,
        because: "files of theirs are the accounts'",
      },
    ],
  };
}
