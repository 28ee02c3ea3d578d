import type { Host } from "./host.ts";

/** A user's crontab(1); nothing if they have none. */
export async function crontabOf({ processes }: Pick<Host, "processes">, user: string): Promise<string | undefined> {
  const { code, stdout } = await processes.run(["crontab", "-u", user, "-l"]);
  return code === 0 && stdout.trim() !== "" ? stdout : undefined;
}

/** Gives a user a crontab, or none. */
export async function setCrontab(
  { processes }: Pick<Host, "processes">,
  user: string,
  text: string | undefined,
): Promise<void> {
  const { code, stderr } =
    text === undefined
      ? await processes.run(["crontab", "-u", user, "-r"])
      : await processes.run(["crontab", "-u", user, "-"], { input: text });
  if (code !== 0 && !/no crontab for/.test(stderr)) throw new Error(`crontab of ${user}: ${stderr.trim()}`);
}
