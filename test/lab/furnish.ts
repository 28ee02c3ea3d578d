import type { TestHost } from "../../lab/lab.ts";
import { renderBases } from "../../src/engine/render.ts";
import { bareHost } from "../../src/kinds/facts.fixture.ts";

/** Puts everything on a host that any site may need of its web server, so that a rendered file can be checked alone. */
export async function furnishServer(host: TestHost, server: "apache2" | "nginx"): Promise<void> {
  const needs = new Map(
    ["", " tls", " proxy", " fastcgi", " auth", " shared", " trusted proxies"].map((need) => [`${server}${need}`, 1]),
  );
  for (const { items } of renderBases(needs, bareHost)) {
    for (const item of items) {
      if (item.type === "directory") await host.must("mkdir", "-p", item.path);
      if (item.type === "link" && item.path.startsWith("/etc/apache2"))
        await host.must("ln", "-sf", item.target, item.path);
      if (item.type === "file") host.write(item.path, item.content);
    }
  }
}
