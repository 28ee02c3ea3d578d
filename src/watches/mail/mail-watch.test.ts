import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { MailLimitConfig } from "../../model/mail-limit.ts";
import { openMailWatch } from "./mail-watch.ts";
import { readMailLine } from "./server-logs.ts";

const now = Date.parse("2026-11-23T12:00:00Z");
const passwd =
  "root:x:0:0::/root:/bin/sh\nshop:x:1001:1001::/home/shop:/bin/sh\nblog:x:1002:1002::/home/blog:/bin/sh\n";
const open = (config: Partial<MailLimitConfig> = {}) =>
  openMailWatch(
    { name: "acme", server: "exim", journal: [], logs: [], accounts: ["shop", "blog"], perDay: 3, ...config },
    { now: () => now, read: (path) => (path === "/etc/passwd" ? passwd : undefined) },
  );
const counted = (watch: ReturnType<typeof open>) =>
  watch.said().map((said) => (said.is === "sent" ? [said.limit, said.count] : said));

describe("a message that an account gives to the mail server", () => {
  const taken: readonly [server: MailLimitConfig["server"], line: string, who: object][] = [
    ["exim", "2026-11-23 10:00:00 1vN0aB-000001-2c <= shop@web1 U=shop P=local S=412", { name: "shop" }],
    ["exim", "2026-11-23 10:00:00.123 [812] 1vN0aB-00000000001-2cde <= <> U=shop P=local S=412", { name: "shop" }],
    ["exim", "2026-11-23 10:00:00 +0100 1vN0aB-000001-2c <= a@b U=shop P=local-esmtp S=1 id=x@y", { name: "shop" }],
    ["postfix", "Nov 23 10:00:00 web1 postfix/pickup[812]: 4F1A2: uid=1001 from=<shop>", { uid: 1001 }],
    ["postfix", "2026-11-23T10:00:00.1+00:00 web1 postfix-out/pickup[812]: 3Zk9: uid=0 from=<root>", { uid: 0 }],
  ];
  for (const [server, line, who] of taken)
    test(`is seen: ${line}`, () => assert.deepEqual(readMailLine(server, line)?.who, who));

  const others: readonly [server: MailLimitConfig["server"], line: string][] = [
    ["exim", "2026-11-23 10:00:00 1vN0aB-000001-2c <= a@b H=mx.example [192.0.2.1] P=esmtps S=412"],
    ["exim", "2026-11-23 10:00:00 1vN0aB-000001-2c => bob <bob@example.com> R=local T=spool U=shop P=local"],
    ["exim", "2026-11-23 10:00:00 1vN0aB-000001-2c U=shop F=<a@b> rejected by non-SMTP ACL: limit"],
    ["postfix", "Nov 23 10:00:00 web1 postfix/qmgr[812]: 4F1A2: from=<shop>, size=1, nrcpt=1 (queue active)"],
    ["postfix", "Nov 23 10:00:00 web1 postfix/smtpd[8]: 4F1A2: client=x[192.0.2.1], uid=1001 from=<shop>"],
  ];
  for (const [server, line] of others)
    test(`is not: ${line}`, () => assert.equal(readMailLine(server, line), undefined));

  test("is that of whoever gave it, whatever they call themselves", () => {
    const forged =
      '2026-11-23 10:00:00 1vN0aB-000001-2c <= "x U=blog P=local"@evil U=shop P=local S=1 id=y U=blog P=local';
    assert.deepEqual(readMailLine("exim", forged)?.who, { name: "shop" });
    const escaped = '2026-11-23 10:00:00 1vN0aB-000001-2c <= "x\\" U=blog P=local"@evil U=shop P=local S=1';
    assert.deepEqual(readMailLine("exim", escaped)?.who, { name: "shop" });
    const inPostfix =
      "Nov 23 10:00:00 web1 postfix/pickup[8]: 4F1: uid=1001 from=<a postfix/pickup[8]: 4F1: uid=1002 from=<b>";
    assert.deepEqual(readMailLine("postfix", inPostfix)?.who, { uid: 1001 });
    const of = "Nov 23 10:00:00 web1 postfix/cleanup[8]: 4F1: message-id=<x postfix/pickup[8]: 4F1: uid=1002 from=<b>";
    assert.equal(readMailLine("postfix", of), undefined);
  });
});

describe("a mail watch", () => {
  test("counts what the accounts of its limit have sent together, and says it once", () => {
    const watch = open();
    const lines = ["shop", "root", "blog", "shop"].map(
      (user) => `2026-11-23 10:00:00 1vN0aB-000001-2c <= ${user}@web1 U=${user} P=local S=412\n`,
    );
    assert.equal(watch.bytes("/var/log/exim4/mainlog", Buffer.from(`${lines.join("")}2026-11-23 10:00`)), 16);
    assert.deepEqual(counted(watch), [["acme", 3]]);
    assert.deepEqual(counted(watch), []);
  });

  test("knows accounts by their numbers where the server says no more", () => {
    const watch = open({ server: "postfix" });
    for (const uid of [1002, 1003, 0, 1001])
      watch.entry({ text: `web1 postfix/pickup[812]: 4F1A2: uid=${uid} from=<x>`, moment: now - 1_000 });
    assert.deepEqual(counted(watch), [["acme", 2]]);
  });

  test("counts the same however a log is cut into pieces", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("shop", "root", "blog"), { maxLength: 20 }),
        fc.array(fc.nat(1_000), { maxLength: 10 }),
        (users, cuts) => {
          const all = Buffer.from(
            users.map((user) => `2026-11-23 10:00:00 1vN0aB-000001-2c <= x U=${user} P=local S=4\n`).join(""),
          );
          const watch = open();
          const places = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length];
          let unread = Buffer.alloc(0);
          for (let index = 1; index < places.length; index++) {
            const piece = all.subarray(places[index - 1], places[index]);
            watch.bytes("log", piece);
            unread = Buffer.concat([unread, piece]);
          }
          const sum = watch.said().reduce((total, said) => total + (said.is === "sent" ? said.count : 0), 0);
          assert.equal(sum, users.filter((user) => user !== "root").length);
        },
      ),
    ));

  test("takes no line for another's, whatever is in it", () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const line = text.replaceAll("\n", " ");
        const watch = open();
        watch.bytes("log", Buffer.from(`2026-11-23 10:00:00 1vN0aB-000001-2c => ${line}\n`));
        assert.deepEqual(counted(watch), []);
      }),
    ));
});
