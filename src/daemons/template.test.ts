import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { caddyfile } from "./caddy/caddyfile.ts";
import { haproxy } from "./haproxy/config.ts";
import { lua } from "./lighttpd/lua.ts";
import { code, fileOf } from "./template.ts";
import { vcl } from "./varnish/vcl.ts";

describe("what is put into a configuration language stays one string, or is refused", () => {
  const printed = (print: () => string): string | undefined => {
    try {
      return print();
    } catch {
      return undefined;
    }
  };
  const anything = fc.string({ unit: "binary", maxLength: 30 });

  test("Lua: every byte comes back", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const literal = lua`${text}`.code;
        assert.match(literal, /^"(?:[ !#-[\]-~]|\\\d{3})*"$/);
        const bytes = literal
          .slice(1, -1)
          .replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number(digits)));
        assert.equal(Buffer.from(bytes, "latin1").toString(), Buffer.from(text).toString());
      }),
    );
  });

  test("VCL, HAProxy, Caddy: one word, one line, nothing that ends the string early", () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const [template, form] of [
          [vcl, /^"[^"\n\r\0]*"$/],
          [haproxy, /^(?:[A-Za-z0-9_./:-]+|'(?:[^'\n\r\0]|'\\'')*')$/],
          [caddyfile, /^(?:[A-Za-z0-9_./:*-]+|"(?:[^"{}\n\r\0]|\\")*")$/],
        ] as const) {
          const word = printed(() => template`${text}`.code);
          if (word !== undefined) assert.match(word, form);
          else assert.match(text, /["{}\n\r\0\\]/);
        }
      }),
    );
    // A backslash before the closing quote would take it away.
    assert.throws(() => caddyfile`${"a b\\"}`);
  });
});

test("lists stand on lines of their own, as far in as their place; empty lines do not pile up", () => {
  const list = ["a", "b"].map((each) => vcl`set ${each};`);
  assert.equal(
    fileOf(code("# top"), vcl`x {\n  ${list}\n\n\n  ${code("")}\n}`),
    '# top\nx {\n  set "a";\n  set "b";\n\n}\n',
  );
});
