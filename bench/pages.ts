import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { labDirectory } from "../lab/directory.ts";
import { must } from "../lab/run.ts";
import { servePages } from "../test/lab/pages/serving.ts";
import { medianOf } from "./figures.ts";
import type { Bench } from "./index.ts";

/** The peer's version; installed once, beside the lab. */
const peer = "single-file-cli@2.0.83";

/** Some of those that the peer manages: of frames, sprites and several resolutions it loses a part, or writes nothing. */
const pages = [
  "a-plain-page/",
  "modern-css/",
  "nested-imports/",
  "quirks-and-latin-1/",
  "doc/apache2-doc/manual/en/index.html",
];

/** Building pages, against a browser that loads them and writes down what it has; it leaves scripts out, and so do we. */
export const pageBuilder: Bench = {
  name: "pages",
  title: "Pages in one file",
  packages: "peers",
  async run(host, progress) {
    const installed = join(labDirectory, peer);
    if (!existsSync(join(installed, "node_modules"))) {
      progress(`installing ${peer}, once`);
      mkdirSync(installed, { recursive: true });
      await must(["npm", "install", "--silent", "--prefix", installed, peer]);
    }
    cpSync(installed, host.path("/root/peer"), { recursive: true });
    const node = "/opt/upkeep/node_modules/.bin/node";
    await servePages(host);

    const size = async (file: string) => Number(await host.must("stat", "-c", "%s", file));
    const sum = { ours: 0, theirs: 0, ourBytes: 0, theirBytes: 0 };
    for (const page of pages) {
      progress(page);
      const url = `http://127.0.0.1:8000/${page}`;
      sum.ours += await medianOf(5, () =>
        host.must("/opt/upkeep/upkeep", "page", "build", url, "--no-scripts", "-o", "/root/ours.html"),
      );
      // It ends well without having written anything now and then: then its size cannot be read.
      await host.must("rm", "-f", "/root/theirs.html");
      sum.theirs += await medianOf(3, () =>
        host.must(
          node,
          "/root/peer/node_modules/single-file-cli/single-file-node.js",
          url,
          "/root/theirs.html",
          "--browser-executable-path=/usr/bin/chromium",
          "--browser-arg=--no-sandbox",
          "--filename-conflict-action=overwrite",
        ),
      );
      sum.ourBytes += await size("/root/ours.html");
      sum.theirBytes += await size("/root/theirs.html");
    }
    const ratio = sum.theirs / sum.ours;
    return [
      {
        name: "page-builder",
        says: `${pages.length} pages, each in one file, whole commands, against single-file-cli with Chromium`,
        value: ratio,
        unit: "times",
        goal: { atLeast: 10 },
        peer: "single-file-cli",
        peerValue: sum.theirs,
        ratio,
      },
      {
        name: "page-size",
        says: "size of the same pages, against single-file-cli's",
        value: sum.ourBytes / sum.theirBytes,
        unit: "times",
        goal: { atMost: 1 },
      },
    ];
  },
};
