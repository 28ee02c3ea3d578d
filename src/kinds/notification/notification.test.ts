import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { notificationConfigSchema } from "../../model/notification.ts";
import { defaultSettings } from "../../model/settings.ts";
import { declare } from "../declare.ts";
import { bareHost } from "../facts.fixture.ts";
import { notificationKind } from "./notification.ts";

const declared = (spec: string) =>
  declare([{ file: "a.yaml", text: `kind: Notification\nname: operators\nspec: ${spec}\n` }], defaultSettings);

function configOf(spec: string) {
  const { declared: all, problems } = declared(spec);
  assert.deepEqual(problems, []);
  const [item] = notificationKind.render(all[0]!.resource, bareHost).items;
  assert.ok(item?.type === "file" && item.mode === 0o600 && item.secret);
  assert.equal(item.path, "/etc/upkeep/notifications/operators.json");
  return notificationConfigSchema.parse(JSON.parse(item.content));
}

describe("a notification", () => {
  test("needs no more than an address: what a person should know of goes through this machine's mail server", () => {
    assert.deepEqual(configOf("{mail: [ops@example.com]}"), {
      name: "operators",
      events: [
        ...["undone", "key forbidden", "key revoked", "revoked", "pool alarm", "certificate", "mail limit"],
        ...["failing", "recovered"],
        ...["run", "run stopped"],
      ],
      every: 60_000,
      mail: { to: ["ops@example.com"], smtp: { host: "localhost", port: 25, tls: false } },
    });
  });

  test("goes to another mail server with TLS alone", () => {
    const { mail } = configOf(
      "{mail: [ops@example.com], smtp: {host: mail.example.com, port: 587, user: u, password: p}}",
    );
    assert.deepEqual(mail?.smtp, { host: "mail.example.com", port: 587, tls: true, user: "u", password: "p" });
  });

  test("goes to a program, signed", () => {
    const secret = `whsec_${"A".repeat(44)}`;
    const config = configOf(
      `{webhook: {url: "https://chat.example.com/1", secret: ${secret}}, events: all, every: 1h}`,
    );
    assert.deepEqual(config.webhook, { url: "https://chat.example.com/1", secret });
    assert.ok(config.events.includes("banned"));
    assert.equal(config.mail, undefined);
  });

  for (const [spec, says] of [
    ["{}", /say who is to be told: `mail` or `webhook`/],
    ["{mail: [ops]}", /mail\.0: must be a mail address/],
    ['{mail: ["ops@example.com\\r\\nBcc: all@example.com"]}', /mail\.0: must be a mail address/],
    ["{mail: [ops@example.com], events: [everything]}", /events/],
    ["{mail: [ops@example.com], every: 1s}", /every: must be 10s to 7d/],
    ["{mail: [ops@example.com], smtp: {user: u}}", /both a user and a password/],
    ["{mail: [ops@example.com], smtp: {user: u, password: p}}", /a password is not sent without TLS/],
    ["{mail: [ops@example.com], smtp: {host: 'a b'}}", /smtp\.host: must be a name or address/],
    ["{webhook: {url: 'file:///etc/passwd'}}", /webhook\.url: must be an address like https/],
    ["{webhook: {url: 'https://a.example/', secret: short}}", /must be `whsec_` and base64/],
  ] as const)
    test(`is refused in words: ${spec}`, () => {
      const { problems } = declared(spec);
      assert.match(problems.map(({ message }) => message).join("\n"), says);
    });
});
