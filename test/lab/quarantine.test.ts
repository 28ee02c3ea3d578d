import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";

/** A site of the host's own, which Upkeep knows nothing of. */
const own = {
  apache: [
    "/etc/apache2/sites-enabled/own.conf",
    "<VirtualHost *:80>\nServerName own.example.com\nServerAlias taken.example.com\nHeader always set X-Own yes\n</VirtualHost>\n",
  ],
  nginx: [
    "/etc/nginx/sites-enabled/own",
    "server { listen 80; server_name own.example.com taken.example.com; add_header X-Own yes always; return 200; }\n",
  ],
} as const;

/** Lines that each server refuses, with the words it does so in. */
const refused = {
  apache: {
    named: ["NotADirective on", /Invalid command 'NotADirective'/],
    unnamed: ["Include /root/bad.conf", /Invalid command 'Nonsense'/],
  },
  nginx: {
    named: ["not_a_directive on;", /unknown directive "not_a_directive"/],
    unnamed: ["limit_req zone=nowhere;", /zero size shared memory zone "nowhere"/],
  },
} as const;

for (const server of ["apache", "nginx"] as const) {
  describe(`what ${server} refuses`, () => {
    let lab: Lab<"web1">;
    let web: TestHost;
    before(async () => {
      lab = await openLab({ web1: server === "apache" ? "apache2" : "nginx" });
      web = lab.hosts.web1;
      web.write("/root/bad.conf", "Nonsense on\n");
    });
    after(() => lab.close());

    const sites = (prefix: string, count: number, bad: Readonly<Record<number, string>>) =>
      Array.from({ length: count }, (_, index) => {
        const custom = bad[index] ? `, custom: [${JSON.stringify(bad[index])}]` : "";
        return `kind: Site\nname: ${prefix}${index}.example.com\nspec: {user: many${custom}}\n`;
      }).join("---\n");

    async function quarantineExactly(
      prefix: string,
      bad: Readonly<Record<number, string>>,
      words: RegExp,
    ): Promise<void> {
      const { code, stdout, stderr } = await web.apply(sites(prefix, 200, bad), "--json");
      assert.equal(code, 3, stderr || stdout.slice(-2000));
      const { quarantined } = JSON.parse(stdout) as { quarantined: Record<string, string> };
      assert.deepEqual(
        Object.keys(quarantined).sort(),
        Object.keys(bad)
          .map((index) => `Site/${prefix}${index}.example.com`)
          .sort(),
      );
      for (const message of Object.values(quarantined)) assert.match(message, words);
      const { stdout: table } = await web.upkeep("get", "--json");
      assert.equal((JSON.parse(table) as unknown[]).length % 200, 0);
      const { stdout: status } = await web.upkeep("status");
      assert.match(status, /3 quarantined/);
      for (const index of [0, 1, 99, 198, 199]) {
        const { status: answered } = await web.ask(`http://${prefix}${index}.example.com/`);
        assert.equal(answered, 200, `${prefix}${index}`);
      }
    }

    test("200 sites, 3 refused by name: 197 go live, exactly those 3 are set aside with the server's words", async () => {
      const [line, words] = refused[server].named;
      await quarantineExactly("named", { 7: line, 100: line, 133: line }, words);
      const { code } = await web.upkeep(
        "delete",
        "Site",
        "named7.example.com",
        "named100.example.com",
        "named133.example.com",
      );
      assert.equal(code, 0);
      for (const index of [7, 100, 133])
        assert.equal((await web.apply(sites("named", 200, {}).split("---\n")[index]!)).code, 0);
    });

    test("the same when the server names no file of ours: bisection finds them", async () => {
      const [line, words] = refused[server].unnamed;
      await quarantineExactly("unnamed", { 3: line, 64: line, 190: line }, words);
    });

    test("a site that was live stays live in its former version when its change is refused", async () => {
      const yaml = (custom: string) =>
        `kind: Site\nname: former.example.com\nspec: {user: many, headers: {X-Version: "${custom ? 2 : 1}"}${custom}}\n`;
      assert.equal((await web.apply(yaml(""))).code, 0);
      const { code, stdout } = await web.apply(yaml(`, custom: ["${refused[server].named[0]}"]`));
      assert.equal(code, 3);
      assert.match(stdout, /quarantined:.*Site\/former\.example\.com/);
      assert.equal((await web.ask("http://former.example.com/")).headers["x-version"], "1");
      const { stdout: status } = await web.upkeep("status");
      assert.match(status, /Its former version stays live/);
    });

    test("a site that wants a name of the host's own site is set aside, its neighbour goes live, and the name stays where it was", async () => {
      const [path, text] = own[server];
      web.write(path, text);
      const wants = "kind: Site\nname: wants.example.com\nspec: {user: many, aliases: [taken.example.com]}\n";
      const good = "kind: Site\nname: beside.example.com\nspec: {user: many}\n";
      const { code, stdout } = await web.apply(`${wants}---\n${good}`, "--json");
      assert.equal(code, 3, stdout);
      const { quarantined } = JSON.parse(stdout) as { quarantined: Record<string, string> };
      assert.deepEqual(Object.keys(quarantined), ["Site/wants.example.com"]);
      assert.match(quarantined["Site/wants.example.com"]!, /taken\.example\.com is served already by/);
      assert.equal((await web.ask("http://beside.example.com/")).status, 200);
      assert.equal((await web.ask("http://taken.example.com/")).headers["x-own"], "yes");
      await web.must("rm", path);
      assert.equal((await web.apply(wants)).code, 0);
      assert.equal((await web.ask("http://wants.example.com/")).status, 200);
    });

    test("where the kernel allows no private view, files are checked in place, and the plan says so", async () => {
      await web.must("mv", "/usr/bin/unshare", "/usr/bin/unshare.away");
      const good = "kind: Site\nname: in-place.example.com\nspec: {user: many}\n";
      const bad = `kind: Site\nname: in-place-bad.example.com\nspec: {user: many, custom: ["${refused[server].named[0]}"]}\n`;
      web.write("/root/in-place.yaml", `${good}---\n${bad}`);
      assert.match((await web.upkeep("plan", "/root/in-place.yaml")).stdout, /no private view of \/etc/);
      const { code, stdout } = await web.upkeep("apply", "/root/in-place.yaml");
      await web.must("mv", "/usr/bin/unshare.away", "/usr/bin/unshare");
      assert.equal(code, 3, stdout);
      assert.match(stdout, /quarantined:.*Site\/in-place-bad\.example\.com/);
      assert.equal((await web.ask("http://in-place.example.com/")).status, 200);
      await web.must(server === "apache" ? "apache2ctl" : "nginx", "-t");
      await web.upkeep("delete", "Site", "in-place-bad.example.com");
    });

    test("a configuration that was broken before is not blamed on anyone, and nothing is changed", async () => {
      const place = server === "apache" ? "/etc/apache2/conf-enabled/own.conf" : "/etc/nginx/conf.d/own.conf";
      web.write(place, "Broken by hand\n");
      const { code, stderr } = await web.apply("kind: Site\nname: innocent.example.com\nspec: {user: many}\n");
      assert.equal(code, 1);
      assert.match(stderr, /even without these changes/);
      assert.match(stderr, /own\.conf/);
      await web.must("rm", place);
      assert.equal((await web.upkeep("apply")).code, 3, "former.example.com is still refused");
      assert.equal((await web.ask("http://innocent.example.com/")).status, 200);
    });
  });
}
