import { createSocket } from "node:dgram";
import { createServer, isIP } from "node:net";

/** What a program has said to us as it would to syslog, as it would stand in a log: `host program[12]: message`. */
export interface Message {
  readonly text: string;
  /** Milliseconds since 1970, if it says. */
  readonly moment: number | undefined;
}

/** Whoever connects and says nothing takes descriptors away that logs are read with. */
const mostConnections = 1_000;

/** Of a message no more is looked at. Characters. */
const longest = 16_384;

const bsd = /^<\d{1,3}>(?<date>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?<rest>.*)$/s;
const modern =
  /^<\d{1,3}>1 (?<time>\S+) (?<host>\S+) (?<program>\S+) (?<pid>\S+) \S+ (?:-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: (?<message>.*))?$/s;

/** A message of syslog, of the older form (RFC 3164) or the newer one (RFC 5424). */
export function readSyslog(given: string): Message | undefined {
  const said = given.slice(0, longest).replace(/[\r\n\0]+$/, "");
  const fields = modern.exec(said)?.groups;
  if (fields) {
    const { time = "", host = "", program = "", pid = "", message = "" } = fields;
    const moment = Date.parse(time);
    const words = message.replace(/^\ufeff/, "").replaceAll(/[\r\n]+/g, " ");
    return {
      text: `${host} ${program}${pid === "-" ? "" : `[${pid}]`}: ${words}`,
      moment: Number.isNaN(moment) ? undefined : moment,
    };
  }
  const older = bsd.exec(said)?.groups;
  // Without a date, as some programs say it, what comes after the number is the message.
  const rest = older?.rest ?? /^<\d{1,3}>(?<rest>.*)$/s.exec(said)?.groups?.rest;
  return rest === undefined ? undefined : { text: rest.replaceAll(/[\r\n]+/g, " "), moment: undefined };
}

/** Listens as a syslog server does, over UDP (RFC 5426) and TCP (a message a line, or counted: RFC 6587). */
export function listenSyslog(
  { address, port }: { readonly address: string; readonly port: number },
  take: (message: Message) => void,
  trouble: (why: string) => void,
  /** It listens in both ways. */
  well: () => void,
): { stop(): void } {
  let listening = 0;
  const isListening = () => {
    if (++listening === 2) well();
  };
  const hear = (said: string) => {
    const message = readSyslog(said);
    if (message) take(message);
  };
  const socket = createSocket(isIP(address) === 6 ? "udp6" : "udp4")
    .on("message", (bytes) => hear(bytes.toString("utf8")))
    .on("error", (error) => trouble(error.message))
    .on("listening", isListening)
    .bind(port, address);
  const connections = new Set<{ destroy(): void }>();
  const server = createServer((connection) => {
    connections.add(connection);
    let rest = "";
    connection
      .setEncoding("utf8")
      .on("data", (text: string) => {
        rest = takeMessages(rest + text, hear);
        if (rest.length > 2 * longest) connection.destroy();
      })
      .on("error", () => {})
      .on("close", () => connections.delete(connection));
  })
    .on("error", (error) => trouble(error.message))
    .on("drop", () => trouble(`${mostConnections} programs are connected, and no more can be`))
    .on("listening", isListening)
    .listen(port, address);
  server.maxConnections = mostConnections;
  return {
    stop() {
      socket.close();
      server.close();
      for (const connection of connections) connection.destroy();
    },
  };
}

/** Returns what has no end yet. */
export function takeMessages(given: string, hear: (said: string) => void): string {
  let rest = given;
  for (;;) {
    const counted = /^(?<length>[1-9]\d{0,4}) </.exec(rest)?.groups;
    if (counted) {
      const begin = counted.length!.length + 1;
      const end = begin + Number(counted.length);
      if (rest.length < end) return rest;
      hear(rest.slice(begin, end));
      rest = rest.slice(end);
      continue;
    }
    const end = rest.indexOf("\n");
    if (end < 0) return rest;
    if (end > 0) hear(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
}
