import type { TestHost } from "../../../lab/lab.ts";

/** Serves the test pages inside a host, for as long as it lives. */
export async function servePages(host: TestHost): Promise<void> {
  void host.exec(["/opt/upkeep/node_modules/.bin/node", "/opt/upkeep/test/lab/pages/serve.ts"]);
  await host.answers(8000);
}
