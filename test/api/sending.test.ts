import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { postSigned, sendMail } from "../../src/host/deliver.ts";
import { mailOfNotices } from "../../src/model/personal-notice.ts";

/** A mail server on loopback that keeps what it gets (RFC 5321, as much as it takes). */
async function openMailServer() {
  const mails: string[] = [];
  const server = createServer((socket) => {
    socket.write("220 here\r\n");
    let data: string[] | undefined;
    createInterface({ input: socket }).on("line", (line) => {
      if (data && line !== ".") data.push(line);
      else if (data) {
        mails.push(data.join("\n"));
        data = undefined;
        socket.write("250 kept\r\n");
      } else if (line === "DATA") {
        data = [];
        socket.write("354 go on\r\n");
      } else if (line === "QUIT") socket.end("221 bye\r\n");
      else socket.write(line.startsWith("RCPT TO:<full@") ? "452 mailbox full\r\n" : "250 well\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { mails, port: (server.address() as AddressInfo).port, close: () => server.close() };
}

const notice = {
  is: "set aside",
  about: "changes",
  what: "Site/<b>&.example",
  says: "bad <line>\n\u2028ctrl",
  at: 0,
} as const;

describe("a notice leaves the house", () => {
  it("as a mail with text and HTML, in which nothing of a record is markup; what the server says is told", async () => {
    const server = await openMailServer();
    const smtp = { host: "127.0.0.1", port: server.port, tls: false };
    const content = mailOfNotices([notice], { language: "en", origin: "https://panel.example" });
    const mail = { from: "upkeep@example.com", id: "1", ...content };
    await sendMail(smtp, { ...mail, to: ["ada@example.com"] });
    const [text = ""] = server.mails;
    assert.match(text, /^From: Upkeep <upkeep@example\.com>$/m);
    assert.match(text, /^Auto-Submitted: auto-generated$/m);
    assert.match(text, /Content-Type: text\/plain/);
    assert.match(text, /Content-Type: text\/html/);
    assert.ok(content.html.includes("&#60;b&#62;&#38;.example was refused") && !content.html.includes("<b>"));
    await assert.rejects(sendMail(smtp, { ...mail, to: ["full@example.com"] }), /mailbox full/);
    server.close();
  });

  it("as a webhook whose signature tells who has sent it", async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    let isRight = false;
    let status = 200;
    const server = createHttpServer(async (request, response) => {
      let body = "";
      for await (const part of request.setEncoding("utf8")) body += part;
      const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = request.headers;
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      isRight = signature === `v1,${createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64")}`;
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await postSigned({ url, secret }, "notices-1", "{}");
    assert.equal(isRight, true);
    status = 503;
    await assert.rejects(postSigned({ url, secret }, "notices-1", "{}"), /answers 503/);
    server.closeAllConnections();
    server.close();
  });
});
