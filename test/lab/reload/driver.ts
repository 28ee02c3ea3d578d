import { daemonNamed } from "../../../src/daemons/index.ts";
import { localHost } from "../../../src/host/local.ts";
import { reloadDaemon } from "../../../src/host/services.ts";

/* Runs in a lab host: reloads a daemon again and again, as soon as it says that it is done. Arguments: daemon, times. */

const [name = "", times = ""] = process.argv.slice(2);
for (let round = 0; round < Number(times); round++)
  await reloadDaemon(localHost, daemonNamed(name), { openFiles: 1024, seconds: 10, mayStart: false });
