import { createHmac } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";

/** Only from this host, by https, and never read by a script (RFC 6265bis, 4.1.3). */
export const sessionCookie = "__Host-upkeep";

const options = { path: "/", secure: true, httpOnly: true, sameSite: "Strict" } as const;

export const setSession = (context: Context, secret: string): void =>
  setCookie(context, sessionCookie, secret, { ...options, maxAge: 30 * 86_400 });

export const endSession = (context: Context): void => {
  deleteCookie(context, sessionCookie, options);
};

/** What a page of ours shows beside the cookie: it follows from the session, and the session does not from it. */
export const csrfOf = (secret: string): string => createHmac("sha256", secret).update("csrf").digest("base64url");
