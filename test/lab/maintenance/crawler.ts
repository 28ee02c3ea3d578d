import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/*
 * Runs inside a lab host: asks a site for many things, some hundred a second. Whatever comes back is either the real site, or
 * the page of a maintenance with a status that says so; everything else is a fault. Arguments: port, how many ask at once, and
 * milliseconds between two questions of one. Ended by SIGINT, it prints what it has seen.
 */

const [, , port = "80", askers = "8", pause = "10"] = process.argv;
const agents = ["Mozilla/5.0", "Googlebot/2.1 (+http://www.google.com/bot.html)", "Bingbot/2.0", "monitor/1.0"];
const accepts = ["text/html,*/*;q=0.8", "*/*", "application/json", "image/*"];
const paths = ["/", "/robots.txt", "/sitemap.xml", "/a/b?c=d", "/index.html", "/favicon.ico"];
const methods = ["GET", "HEAD", "GET", "POST"];

const seen = { real: 0, maintenance: 0, faults: [] as string[] };
let stopping = false;
process.once("SIGINT", () => {
  stopping = true;
});

await Promise.all(Array.from({ length: Number(askers) }, (_, index) => crawl(index)));
process.stdout.write(JSON.stringify(seen));

async function crawl(first: number): Promise<void> {
  for (let turn = first; !stopping; turn++) {
    await ask(turn);
    await sleep(Number(pause));
  }
}

function ask(turn: number): Promise<void> {
  const method = methods[turn % methods.length]!;
  const path = paths[(turn >> 1) % paths.length]!;
  const headers = {
    host: "shop.example.com",
    accept: accepts[(turn >> 2) % accepts.length]!,
    "user-agent": agents[(turn >> 3) % agents.length]!,
    connection: "close",
  };
  return new Promise((resolve) => {
    const fault = (what: string) => {
      if (seen.faults.length < 20) seen.faults.push(`${method} ${path}: ${what}`);
      resolve();
    };
    const question = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("error", (error) => fault(error.message));
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        const says = response.headers["upkeep-maintenance"] !== undefined;
        const shows = /right back|working on|"status":503/.test(body);
        if (
          status === 503 &&
          says &&
          (shows || method === "HEAD") &&
          response.headers["retry-after"] &&
          response.headers["cache-control"] === "no-store"
        )
          seen.maintenance++;
        else if (status !== 503 && !says && !shows && status < 500) seen.real++;
        else return fault(`${status} ${JSON.stringify(response.headers)} ${body.slice(0, 100)}`);
        resolve();
      });
    });
    question.on("error", (error) => fault(error.message));
    question.end(method === "POST" ? "field=value" : undefined);
  });
}
