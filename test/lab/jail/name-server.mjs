// A name server for tests: knows one crawler, one who only calls itself so, and an office.
import { createSocket } from "node:dgram";

const names = {
  "1.66.249.66.in-addr.arpa 12": "crawl-1.googlebot.com",
  "2.66.249.66.in-addr.arpa 12": "crawl-1.googlebot.com",
  "crawl-1.googlebot.com 1": "66.249.66.1",
  "office.example.net 1": "203.0.113.200",
};
const label = (name) =>
  Buffer.concat([...name.split(".").map((part) => Buffer.from([part.length, ...Buffer.from(part)])), Buffer.from([0])]);

const socket = createSocket("udp4");
socket.on("message", (query, { port, address }) => {
  const parts = [];
  let at = 12;
  for (; query[at] !== 0; at += 1 + query[at]) parts.push(query.toString("latin1", at + 1, at + 1 + query[at]));
  const type = query.readUInt16BE(at + 1);
  const question = query.subarray(12, at + 5);
  const value = names[`${parts.join(".").toLowerCase()} ${type}`];
  const header = Buffer.from([query[0], query[1], 0x81, value ? 0x80 : 0x83, 0, 1, 0, value ? 1 : 0, 0, 0, 0, 0]);
  const data = value && (type === 1 ? Buffer.from(value.split(".").map(Number)) : label(value));
  const answer = data
    ? Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 1, 0, data.length]), data])
    : Buffer.alloc(0);
  socket.send(Buffer.concat([header, question, answer]), port, address);
});
socket.bind(53, "127.0.0.1");
