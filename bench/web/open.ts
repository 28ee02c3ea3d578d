import { openBrowser } from "../../test/web/browser.ts";

/* Run in the bench's host: how long a browser that has never been there takes until somebody can type, and what it loads. */

const times: number[] = [];
let bytes = 0;
for (let round = 0; round < 5; round++) {
  const browser = await openBrowser();
  const page = await browser.newPage();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const scripts = new Set<string>();
  bytes = 0;
  devtools.on("Network.responseReceived", ({ requestId, type }) => type === "Script" && scripts.add(requestId));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  const began = performance.now();
  await page.goto("https://localhost:8443/");
  await page.getByLabel("E-mail address").fill("a");
  times.push(performance.now() - began);
  await browser.close();
}
process.stdout.write(JSON.stringify({ open: times.toSorted((one, other) => one - other)[2], kilobytes: bytes / 1000 }));
process.exit(0);
