import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { directorySizes } from "./directory-sizes.ts";
import { localHost } from "./local.ts";
import { mountsBelow } from "./mounts.ts";

test("directories are measured with what is below, and not where links lead", async () => {
  const base = mkdtempSync(join(tmpdir(), "upkeep-"));
  try {
    const [one, other] = [join(base, "a\nb"), join(base, "-c")];
    mkdirSync(join(one, "below"), { recursive: true });
    writeFileSync(join(one, "below/file"), Buffer.alloc(3_000_000));
    mkdirSync(other);
    symlinkSync(join(one, "below/file"), join(other, "link"));
    const many = Array.from({ length: 150 }, (_, index) => join(base, `none${index}`));
    const sizes = await directorySizes(localHost, [one, ...many, other]);
    assert.deepEqual([...sizes.keys()], [one, other]);
    assert.ok(sizes.get(one)! >= 3_000_000 && sizes.get(one)! < 3_100_000, String(sizes.get(one)));
    assert.ok(sizes.get(other)! < 100_000, String(sizes.get(other)));
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});

test("what is mounted below a directory is found by its name", () => {
  const line = (point: string) => `36 35 98:0 / ${point} rw - ext4 /dev/x rw\n`;
  const text = ["/", "/home", "/home/a/b\\040c", "/home/ab", "/home/a", "/proc"].map(line).join("");
  const files = { read: () => text } as unknown as typeof localHost.files;
  assert.deepEqual(mountsBelow({ files }, ["/home/a", "/srv"]), ["/home/a/b c"]);
});
