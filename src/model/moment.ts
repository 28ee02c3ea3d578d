import { z } from "zod";

/** Milliseconds since 1970, no more than a `Date` can hold (ECMA-262, 21.4.1.1): of any other, printing it would throw. */
export const moment = z.int().min(0).max(8_640_000_000_000_000);
