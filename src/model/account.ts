import { z } from "zod";
import { tenantName } from "./resource.ts";
import { roleSchema } from "./role.ts";

/** An e-mail address as accounts have it: in small letters (RFC 5321, without what nobody uses). */
export const emailSchema = z
  .email({ pattern: z.regexes.html5Email, error: "must be an e-mail address" })
  .max(254)
  .transform((text) => text.toLowerCase());

/** Long enough that nobody guesses it, short enough that hashing it is no attack (NIST SP 800-63B). */
export const passwordSchema = z
  .string()
  .min(12, "must have at least 12 characters")
  .max(200)
  .meta({ format: "password" });

export const personName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, "must be on one line");

export const languages = ["en", "de"] as const;

/** Somebody who may sign in. */
export const accountSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    language: z.enum(languages),
    isOperator: z.boolean().describe("May everything, in all tenants."),
    isDisabled: z.boolean().describe("May not sign in."),
    tenants: z.record(tenantName, roleSchema).describe("What they are where."),
    hasPassword: z.boolean(),
    hasTotp: z.boolean().describe("Signs in with a code of an app, too."),
    passkeys: z.int(),
    createdAt: z.int().describe("Milliseconds since 1970."),
    signedInAt: z.int().optional().describe("Last time; milliseconds since 1970."),
  })
  .meta({ id: "Account" });

export type Account = z.output<typeof accountSchema>;
