import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";

for (const server of ["apache", "nginx"] as const)
  describe(`whoever is banned is refused by ${server}, on one site`, () => {
    let lab: Lab<"web1" | "visitor">;
    let web: TestHost;
    let visitor: TestHost;
    const site = (name: string) => `kind: Site\nname: ${name}\nspec: {server: ${server}}\n`;
    const jail = (more = "") =>
      `kind: Jail\nname: shop.scan\nspec:\n  filter: {failregex: ['^ bad <ADDR>$']}\n  logs: [/var/log/app.log]\n  maxRetry: 2\n  refuse: {sites: [shop.example.com], status: 429, trustedProxies: [198.51.100.77]}\n${more}`;
    before(async () => {
      lab = await openLab({ web1: "none", visitor: "none" });
      ({ web1: web, visitor } = lab.hosts);
      for (const [host, end] of [
        [web, "10"],
        [visitor, "11"],
      ] as const)
        await host.must("ip", "address", "add", `2001:db8:1:2::${end}/64`, "dev", "host0", "nodad");
      // A proxy, as the web server sees it.
      await visitor.must("ip", "address", "add", "198.51.100.77/24", "dev", "host0");
      writeFileSync(web.path("/var/log/app.log"), "");
      const { code, stdout, stderr } = await web.apply(
        [site("shop.example.com"), site("other.example.com"), jail()].join("---\n"),
      );
      assert.equal(code, 0, stdout.slice(-1000) + stderr);
      for (const name of ["shop", "other"])
        web.write(`/home/${name}-example-com/${name}.example.com/htdocs/index.html`, name);
      await eventually("the guard runs", async () => (await web.upkeep("unban", "192.0.2.1")).code === 0);
    });
    after(() => lab.close());

    const ban = (address: string) =>
      appendFileSync(web.path("/var/log/app.log"), `${new Date().toISOString()} bad ${address}\n`.repeat(2));
    /** The status that the visitor gets. */
    async function visit(name: string, to = web.address, ...args: string[]): Promise<number> {
      const options = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "20"];
      const at = ["--connect-to", `::${to.includes(":") ? `[${to}]` : to}:80`];
      const { stdout } = await visitor.exec(["curl", ...options, ...at, ...args, `http://${name}.example.com/`]);
      return Number(stdout);
    }
    const refused = (what: string, status: number, ...args: string[]) =>
      eventually(what, async () => (await visit("shop", web.address, ...args)) === status);

    test("and nowhere else; let in again, they are", async () => {
      assert.equal(await visit("shop"), 200);
      ban(visitor.address);
      await refused("they are refused", 429);
      assert.equal(await visit("other"), 200);
      assert.doesNotMatch(await web.must("nft", "list", "table", "inet", "upkeep_bans"), new RegExp(visitor.address));
      assert.equal((await web.upkeep("unban", visitor.address)).code, 0);
      assert.equal(await visit("shop"), 200);
    });

    test("and of IPv6 with all of a customer's addresses", async () => {
      const to = "2001:db8:1:2::10";
      assert.equal(await visit("shop", to), 200);
      // The machine's own network is vital to it; it is another that is banned by hand here.
      await web.must("touch", "/var/lib/upkeep-bans/shop.scan/2001:db8:1:2:");
      assert.equal(await visit("shop", to), 429);
      await web.must("rm", "/var/lib/upkeep-bans/shop.scan/2001:db8:1:2:");
      ban("2001:db8:9::7");
      await eventually("it is banned under both of its names", async () => {
        const { stdout } = await web.exec(["ls", "/var/lib/upkeep-bans/shop.scan"]);
        return stdout === "2001:db8:9:0:\n2001:db8:9::\n";
      });
      assert.equal((await web.upkeep("unban", "2001:db8:9::7")).code, 0);
      assert.equal((await web.exec(["ls", "/var/lib/upkeep-bans/shop.scan"])).stdout, "");
    });

    test("and behind a proxy, where only what a trusted one states counts", async () => {
      ban("203.0.113.5");
      const viaProxy = ["--interface", "198.51.100.77"];
      const stating = (value: string) => ["--header", `X-Forwarded-For: ${value}`];
      await refused("the one behind it is refused", 429, ...viaProxy, ...stating("203.0.113.5"));
      await refused("the last one counts", 429, ...viaProxy, ...stating("203.0.113.9, 203.0.113.5"));
      assert.equal(await visit("shop", web.address, ...viaProxy, ...stating("203.0.113.9")), 200);
      assert.equal(await visit("shop", web.address, ...viaProxy, ...stating("203.0.113.5, 203.0.113.9")), 200);
      assert.equal(await visit("shop", web.address, ...stating("203.0.113.5")), 200, "anyone can state that");
      ban("198.51.100.77");
      ban("203.0.113.6");
      await refused("the next is", 429, ...viaProxy, ...stating("203.0.113.6"));
      assert.equal(await visit("shop", web.address, ...viaProxy), 200, "a proxy is not");
    });

    test("until it is over, also after a restart of what watches; nothing is reloaded for any of it", async () => {
      const worker = server === "apache" ? "apache2" : "nginx: worker";
      const { code, stdout } = await web.apply(jail("  banTime: 4s\n"));
      assert.equal(code, 0, stdout);
      const before = await web.must("pgrep", "--full", worker);
      let number = 0;
      await eventually("the jail knows", async () => {
        ban(`203.0.113.${100 + number++}`);
        const bans = JSON.parse((await web.upkeep("bans", "--json")).stdout) as { since: number; until: number }[];
        // It begins when it is carried out, some milliseconds after it was decided.
        return bans.some(({ since, until }) => until - since <= 4_000);
      });
      ban(visitor.address);
      await refused("they are refused", 429);
      await web.must("rm", `/var/lib/upkeep-bans/shop.scan/${visitor.address}`);
      await web.must("systemctl", "restart", "upkeep-watches");
      await refused("they still are", 429);
      await refused("it is over", 200);
      assert.equal(await web.must("pgrep", "--full", worker), before);
    });

    test("with the jail all of it goes", async () => {
      assert.equal((await web.upkeep("delete", "Jail", "shop.scan")).code, 0);
      assert.equal((await web.exec(["find", "/etc/apache2", "/etc/nginx", "-name", "*jail*"])).stdout, "");
      assert.equal((await web.exec(["ls", "/var/lib/upkeep-bans/shop.scan"])).code, 2);
      assert.equal(await visit("shop"), 200);
    });
  });
