import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { daemonNamed } from "../../daemons/index.ts";
import type { Facts } from "../../model/facts.ts";
import { mailLimitConfigSchema } from "../../model/mail-limit.ts";
import { defaultSettings } from "../../model/settings.ts";
import { declare } from "../declare.ts";
import { bareHost } from "../facts.fixture.ts";
import { kindNamed } from "../index.ts";

const host = (packages: readonly string[], files: Readonly<Record<string, string>> = {}): Facts => ({
  ...bareHost,
  init: "systemd",
  packages: new Map(packages.map((name) => [name, "1"])) as unknown as Facts["packages"],
  foreign: new Map(Object.entries(files)),
});
const yaml = "kind: MailLimit\nname: acme\nspec: {accounts: [shop, blog, shop], perDay: 500}\n";

function rendered(facts: Facts) {
  const { declared, problems } = declare([{ file: "a.yaml", text: yaml }], defaultSettings);
  assert.deepEqual(problems, []);
  const { resource } = declared[0]!;
  return kindNamed(resource.kind)!.render(resource, facts);
}
const linesOf = (server: string, need: string, facts: Facts) =>
  Object.fromEntries(
    daemonNamed(server)
      .base(new Map([[need, 1]]), facts)
      .flatMap((item) => (item.type === "file" || item.type === "insertion" ? [[item.path, item.content]] : [])),
  );

describe("a MailLimit", () => {
  test("says to the watch which server's words to read, and whose mail to count", () => {
    for (const [name, facts, sources] of [
      ["exim", host(["exim4-config"]), { journal: [], logs: ["/var/log/exim4/mainlog"] }],
      ["postfix", host(["postfix"]), { journal: ["SYSLOG_IDENTIFIER=postfix/pickup"], logs: [] }],
      ["postfix", { ...host(["postfix"]), init: "none" }, { journal: [], logs: ["/var/log/mail.log"] }],
    ] as const) {
      const [file] = rendered(facts).items;
      assert.ok(file?.type === "file" && file.path === "/etc/upkeep/mail/acme.json");
      assert.deepEqual(mailLimitConfigSchema.parse(JSON.parse(file.content)), {
        name: "acme",
        server: name,
        ...sources,
        accounts: ["blog", "shop"],
        perDay: 500,
      });
    }
  });

  test("is nothing on a host that sends no mail, and says so", () => {
    const { items, needs, refused, notes } = rendered(host([]));
    assert.deepEqual([items, needs, refused], [[], [], undefined]);
    assert.match(notes![0]!, /no mail server here that Upkeep knows/);
  });

  test("is refused where somebody's own configuration says something else", () => {
    for (const [packages, files, says] of [
      ["exim4-config", { "/etc/exim4/exim4.conf": "begin acl" }, /configuration of its own here/],
      ["exim4-config", { "/etc/exim4/conf.d/main/10_x": "acl_not_smtp = mine" }, /10_x sets acl_not_smtp already/],
      ["exim4-config", { "/etc/exim4/exim4.conf.localmacros": "acl_smtp_connect=x" }, /sets acl_smtp_connect already/],
      ["postfix", { "/etc/postfix/main.cf": "authorized_submit_users = root" }, /sets authorized_submit_users already/],
    ] as const)
      assert.match(rendered(host([packages], files)).refused!, says);
    const commented = { "/etc/postfix/main.cf": "# authorized_submit_users = root\n" };
    assert.equal(rendered(host(["postfix"], commented)).refused, undefined);
  });

  test("puts lines of its own before what somebody has written, each time the same ones", () => {
    for (const [server, need, path, text] of [
      ["exim4", "exim4 mail limits", "/etc/exim4/exim4.conf.localmacros", "MAIN_TLS_ENABLE = yes\n"],
      ["postfix", "postfix mail limits", "/etc/postfix/main.cf", "myhostname = web1\n"],
    ] as const) {
      const once = linesOf(server, need, host([], { [path]: text }))[path]!;
      assert.ok(once.endsWith(text) && once.length > text.length);
      assert.equal(linesOf(server, need, host([], { [path]: once }))[path], once);
      assert.equal(
        rendered(host(server === "exim4" ? ["exim4-config"] : ["postfix"], { [path]: once })).refused,
        undefined,
      );
    }
  });

  test("makes the file that Exim reads where there is none, and it stays its own", () => {
    const path = "/etc/exim4/exim4.conf.localmacros";
    const made = linesOf("exim4", "exim4 mail limits", host([]))[path]!;
    assert.match(made, /^# Managed by Upkeep: for resources of the kind MailLimit\.$/m);
    const [again] = daemonNamed("exim4")
      .base(new Map([["exim4 mail limits", 1]]), host([], { [path]: made }))
      .filter((item) => item.type !== "directory" && "path" in item && item.path === path);
    assert.equal(again?.type, "file");
  });

  test("takes no name that is none of an account", () => {
    for (const account of ["-x", "a b", "a:b", "Root", ""]) {
      const text = yaml.replace("[shop, blog, shop]", JSON.stringify([account]));
      assert.match(
        declare([{ file: "a.yaml", text }], defaultSettings).problems[0]!.message,
        /must be an account name/,
      );
    }
  });
});
