import { createHmac } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

/* Run on a host: takes webhooks, and writes down of each whether its signature is right, and who of this machine sent it. */

const [secret = "", file = ""] = process.argv.slice(2);

createServer(async (request, response) => {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = request.headers;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const isRight = signature === `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  appendFileSync(file, `${JSON.stringify({ isRight, body: JSON.parse(body) })}\n`);
  response.end();
}).listen(8099);
