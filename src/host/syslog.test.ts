import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readSyslog, takeMessages } from "./syslog.ts";

describe("a message of syslog reads as it would stand in a log", () => {
  for (const [said, text, moment] of [
    ["<38>Nov 22 10:00:00 web1 sshd[12]: Invalid user x", "web1 sshd[12]: Invalid user x", undefined],
    ["<38>Nov  2 10:00:00 web1 nginx: GET /\n", "web1 nginx: GET /", undefined],
    [
      '<165>1 2026-11-22T10:00:00.003Z web1 app 812 ID47 [a@1 b="]\\"" c="d"][e f="g"] \ufeffbad 192.0.2.7',
      "web1 app[812]: bad 192.0.2.7",
      Date.UTC(2026, 10, 22, 10, 0, 0, 3),
    ],
    ["<34>1 - web1 su - - - what happened", "web1 su: what happened", undefined],
    ["<13>no date at all", "no date at all", undefined],
    ["<38>Nov 22 10:00:00 web1 app: two\nlines", "web1 app: two lines", undefined],
  ] as const)
    test(JSON.stringify(said), () => assert.deepEqual(readSyslog(said), { text, moment }));

  test("what is none is none", () => assert.equal(readSyslog("hello"), undefined));

  test("whatever it is, it is one line", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (said) => {
        const message = readSyslog(`<13>${said}`);
        assert.ok(message === undefined || !/[\r\n]/.test(message.text));
      }),
    ));
});

test("over TCP, messages are lines or counted, however they are cut", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.stringMatching(/^[a-z ]{0,20}$/), fc.boolean())),
      fc.array(fc.nat(30)),
      (messages, cuts) => {
        const said = messages.map(([text]) => `<13>${text}`);
        const sent = messages.map(([, isCounted], index) =>
          isCounted ? `${said[index]!.length} ${said[index]}` : `${said[index]}\n`,
        );
        const whole = sent.join("");
        const heard: string[] = [];
        let rest = "";
        let at = 0;
        for (const cut of [...cuts, whole.length]) {
          rest = takeMessages(rest + whole.slice(at, at + cut), (text) => heard.push(text));
          at += cut;
        }
        assert.deepEqual(heard, said);
        assert.equal(rest, "");
      },
    ),
  ));
