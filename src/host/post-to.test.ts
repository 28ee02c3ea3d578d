import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, test } from "node:test";
import { postTo } from "./post-to.ts";
import { isPublic } from "./public-address.ts";

const what = { headers: { "x-word": "hello" }, body: "{}", timeout: 5_000 };

describe("what a stranger may have us ask", () => {
  test("is an address of the Internet", () => {
    for (const address of ["9.9.9.9", "203.0.112.255", "100.128.0.1", "2620:fe::fe", "2a01:4f8::1"])
      assert.equal(isPublic(address), true, address);
  });

  test("is nothing of ours, of a network of somebody's own, or that leads there", () => {
    const ours = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
    for (const address of [
      ...[
        "127.0.0.1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
      ],
      ...["255.255.255.255", "198.51.100.7", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "2001:db8::1"],
      ...[
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "localhost",
        "",
      ],
      ...ours,
    ])
      assert.equal(isPublic(address), false, address);
  });

  test("is not asked otherwise, by its address or by a name that leads there", async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (const host of ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
      await assert.rejects(postTo(new URL(`http://${host}:${port}/`), what, isPublic), /no public address/, host);
    assert.equal(asked, 0);
    server.close();
  });

  test("answers, and where it sends us nobody goes", async () => {
    const heard: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers["x-word"] as string | undefined);
      if (request.url === "/away") response.writeHead(302, { location: "/" });
      response.end("much more than anybody wants to know");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const anywhere = () => true;
    assert.equal(await postTo(new URL(`http://127.0.0.1:${port}/`), what, anywhere), 200);
    assert.equal(await postTo(new URL(`http://localhost:${port}/away`), what, anywhere), 302);
    assert.deepEqual(heard, ["hello", "hello"]);
    server.close();
  });
});
