import { createWriteStream } from "node:fs";

/* Writes an access log of so many lines, always the same: every fiftieth line is somebody at WordPress's door. */

const [file = "", lines = "500000"] = process.argv.slice(2);
const out = createWriteStream(file);
let seed = 1;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (seed >> 8) % below;
};
const paths = [
  "/",
  "/index.html",
  "/blog/2026/11/a-post",
  "/wp-content/themes/x/style.css",
  "/img/a.png",
  "/api/v1/items",
];
const agents = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
  "curl/8.5.0",
];
let text = "";
for (let line = 0; line < Number(lines); line++) {
  const clock = new Date(Date.UTC(2026, 10, 21, 10) + Math.floor(line / 40) * 1_000).toISOString().slice(11, 19);
  const address = `${1 + random(222)}.${random(256)}.${random(256)}.${1 + random(253)}`;
  const what = line % 50 === 49 ? "POST /wp-login.php" : `GET ${paths[random(paths.length)]}`;
  text += `${address} - - [21/Nov/2026:${clock} +0000] "${what} HTTP/1.1" 200 ${200 + random(90_000)} "https://example.com/" "${agents[random(3)]}"\n`;
  if (text.length > 1 << 20) {
    if (!out.write(text)) await new Promise<void>((resolve) => out.once("drain", () => resolve()));
    text = "";
  }
}
out.end(text);
