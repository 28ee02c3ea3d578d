import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

test("programs that open a new database at the same moment wait for each other", async () => {
  const directory = mkdtempSync(join(tmpdir(), "upkeep-database-"));
  try {
    for (let round = 0; round < 6; round++) {
      const [module, path] = [JSON.stringify(join(import.meta.dirname, "database.ts")), join(directory, `${round}.db`)];
      const program = `const { openDatabase } = await import(${module});
        openDatabase(${JSON.stringify(path)}).exec("CREATE TABLE IF NOT EXISTS a (b INTEGER)")`;
      const all = Array.from({ length: 6 }, () =>
        promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]),
      );
      for (const { status } of await Promise.allSettled(all)) assert.equal(status, "fulfilled");
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
