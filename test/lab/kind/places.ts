import type { TestHost } from "../../../lab/lab.ts";

/** The files of a host in which a text stands, in databases and compressed ones as well as can be. */
export async function placesOf(host: TestHost, text: string, roots: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await host.exec([
    ...(["grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings", "--devices=skip"] as const),
    "--exclude-dir=upkeep-compiled",
    "--regexp",
    text,
    ...roots,
  ]);
  // Files come and go while it reads, and some cannot be read at all; anything else means that it has not looked.
  const wrong = stderr
    .split("\n")
    .filter((line) => line !== "" && !/No such file|Permission|Invalid argument/.test(line));
  if (code > 2 || wrong.length > 0) throw new Error(`grep ended with ${code}: ${wrong.join("\n")}`);
  return stdout.split("\n").filter(Boolean).sort();
}
