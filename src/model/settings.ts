import { z } from "zod";
import { defaultPolicy, type Policy } from "./policy.ts";

const directory = z
  .string()
  .regex(/^(\/[A-Za-z0-9._-]+)+$/, "must be an absolute path of letters, digits, dots, dashes and underscores")
  .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), "must not contain . or ..");

const port = z.int().min(1).max(65535);

/** What holds for one host, from `/etc/upkeep/host.yaml`. Every field has a default; the file need not exist. */
export const settingsSchema = z.strictObject({
  sites: z
    .strictObject({
      directory: directory.default("/home").describe("Sites live in `<directory>/<user>/<name>/`."),
      httpPort: port.default(80).describe("Port for http."),
      httpsPort: port.default(443).describe("Port for https."),
    })
    .prefault({}),
  daemons: z
    .strictObject({
      reloadSeconds: z
        .int()
        .min(1)
        .max(3600)
        .default(60)
        .describe("How long a reload may take before it counts as failed."),
    })
    .prefault({}),
  agent: z
    .strictObject({
      everySeconds: z
        .int()
        .min(1)
        .max(86_400)
        .default(60)
        .describe("How often an agent looks whether everything is still as it left it."),
      restore: z
        .enum(["missing", "everything", "nothing"])
        .default("missing")
        .describe(
          "What it puts right by itself: what is missing or has other rights; also what was edited by hand (the edit is kept); or nothing. The rest is reported as drift.",
        ),
      measureSeconds: z
        .int()
        .min(1)
        .max(604_800)
        .default(21_600)
        .describe("How often it is measured how much the sites of tenants hold."),
    })
    .prefault({}),
});

/** Those settings, and what the host's owner allows. */
export type Settings = z.output<typeof settingsSchema> & { readonly policy: Policy };

export const defaultSettings: Settings = { ...settingsSchema.parse({}), policy: defaultPolicy };
