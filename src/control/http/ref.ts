import { z } from "zod";
import type { ResourceRef } from "../../model/resource.ts";

/** A record's kind and name, as a request says them. */
export const refSchema = z
  .string()
  .max(320)
  .regex(/^[A-Z][A-Za-z0-9]*\/\S+$/, "must be like Site/shop.example.com") as unknown as z.ZodType<ResourceRef, string>;
