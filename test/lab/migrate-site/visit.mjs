// Visits and writes until it is told to stop: node visit.mjs ADDRESS STOP-FILE PAUSE [SITE]. Prints what became of it.
// PAUSE: milliseconds between one and the next of each kind; without any, the machine has nothing else to do.
import { existsSync } from "node:fs";
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

const [address, stop, pause, only = ""] = process.argv.slice(2);
const answers = {};
const failures = [];
const written = { shop: [], app: [] };
const outages = { shop: [], app: [] };

const ask = (scheme, name, path, form) =>
  new Promise((resolve) => {
    const body = form && new URLSearchParams(form).toString();
    const options = {
      host: address,
      port: scheme === "https" ? 443 : 80,
      path,
      method: body ? "POST" : "GET",
      agent: false,
      servername: name,
      rejectUnauthorized: false,
      timeout: 30_000,
      headers: { host: name, ...(body && { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) }) },
    };
    const asking = (scheme === "https" ? secure : plain)(options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
      response.on("error", (error) => resolve(error.code ?? error.message));
    });
    asking.on("timeout", () => asking.destroy(new Error("timeout")));
    asking.on("error", (error) => resolve(error.code ?? error.message));
    asking.end(body);
  });

function note(name, what, status, ok) {
  answers[`${name} ${status}`] = (answers[`${name} ${status}`] ?? 0) + 1;
  const now = Date.now();
  if (status === 503) outages[name] = [outages[name][0] ?? now, now];
  else if (!ok.includes(status)) failures.push(`${name} ${what}: ${status} at ${new Date(now).toISOString()}`);
}

async function loop(name, work) {
  if (only !== "" && name !== only) return;
  for (let n = 0; !existsSync(stop); n++) {
    await work(n);
    if (pause !== "0") await sleep(Number(pause));
  }
}

await Promise.all([
  loop("shop", async (n) => {
    const comment = `comment number ${n} of ${process.pid}`;
    const form = { author: "Ann", email: "ann@example.com", comment, comment_post_ID: "1", submit: "Post" };
    const status = await ask("http", "shop.example.com", "/wp-comments-post.php", form);
    note("shop", "comment", status, [302]);
    if (status === 302) written.shop.push(comment);
  }),
  loop("app", async (n) => {
    const body = `note number ${n} of ${process.pid}`;
    const status = await ask("https", "app.example.com", "/", { body });
    note("app", "note", status, [201]);
    if (status === 201) written.app.push(body);
  }),
  loop("shop", async (n) => note("shop", "page", await ask("http", "shop.example.com", `/?p=${1 + (n % 3)}`), [200, 301, 404])),
]);
const closed = Object.fromEntries(Object.entries(outages).map(([name, [from = 0, to = 0]]) => [name, to - from]));
console.log(JSON.stringify({ answers, failures, written, closed }));
