import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import type { JoinToken } from "../../bus/joining.ts";
import { isIn, type Network, parseAddress } from "../../model/address.ts";
import type { Principal } from "../../model/role.ts";
import { version } from "../../model/version.ts";
import { passkeys } from "../people/passkeys.ts";
import { signingIn } from "../people/sign-in.ts";
import { vouching } from "../people/vouching.ts";
import { applyingFor } from "./applying.ts";
import type { Around } from "./around.ts";
import { sessionCookie } from "./cookies.ts";
import { identify } from "./identify.ts";
import { idempotency, rateLimit } from "./limits.ts";
import { type Api, newApi, type Variables } from "./operation.ts";
import { answerProblem, HttpProblem, problemOf } from "./problem.ts";
import { applyRoutes } from "./routes/apply.ts";
import { editRoutes } from "./routes/edits.ts";
import { eventRoutes } from "./routes/events.ts";
import { figureRoutes } from "./routes/figures.ts";
import { historyRoutes } from "./routes/history.ts";
import { hostRoutes } from "./routes/hosts.ts";
import { invitationRoutes } from "./routes/invitations.ts";
import { kindRoutes } from "./routes/kinds.ts";
import { linkRoutes } from "./routes/links.ts";
import { meRoutes } from "./routes/me.ts";
import { noticeRoutes } from "./routes/notices.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { peopleRoutes } from "./routes/people.ts";
import { previewRoutes } from "./routes/preview.ts";
import { publicRoutes } from "./routes/public.ts";
import { resourceRoutes } from "./routes/resources.ts";
import { sessionRoutes } from "./routes/session.ts";
import { standingRoutes } from "./routes/standings.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { vouchedRoutes } from "./routes/vouched.ts";
import { watchedRoutes } from "./routes/watched.ts";

/** One line of style that React Aria puts into the page (`touch-action` of what can be pressed). */
const reactArias = "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='";

/** Bytes of one request: ten thousand records. */
const largest = 16 << 20;

/** The control plane as programs and browsers reach it, each with rights of their own. */
export function httpApi(
  around: Around,
  {
    joining,
    trustedProxies = [],
    identified,
  }: {
    readonly joining?: Omit<JoinToken, "host" | "secret"> | undefined;
    /** Of requests from these, `X-Forwarded-For` says who asks. */
    readonly trustedProxies?: readonly Network[];
    /** Who asks, where the kernel knows it: on the control plane's own machine. */
    readonly identified?: (context: Context) => Promise<Principal>;
  } = {},
): Api {
  const { people, now, log, origin } = around;
  const api = newApi();
  api.onError((error, context) => answerProblem(context, problemOf(error, log)));
  api.notFound((context) => answerProblem(context, new HttpProblem(404, `there is no ${context.req.path}`)));
  api.use(async (context, next) => {
    context.set("address", addressOf(context, trustedProxies));
    await next();
  });
  api.use(
    secureHeaders({
      // A page in a frame says itself what it may.
      overwrite: false,
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", reactArias],
        imgSrc: ["'self'", "data:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        frameSrc: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
      xFrameOptions: "DENY",
      // A browser that believes a certificate made here by way of exception must go on being asked.
      strictTransportSecurity: false,
      referrerPolicy: "no-referrer",
      // All pages of an origin have to say so or none; a page in a frame comes too late.
      originAgentCluster: false,
    }),
  );
  api.use("/v1/*", async (context, next) => {
    await next();
    // What one person was shown is nobody else's.
    if (!context.res.headers.has("Cache-Control")) context.res.headers.set("Cache-Control", "no-store");
  });
  api.use(
    "/v1/*",
    bodyLimit({
      maxSize: largest,
      onError: () => {
        throw new HttpProblem(413, `no more than ${largest >> 20} MiB at once`);
      },
    }),
  );
  for (const path of ["/v1/*", "/metrics"]) {
    if (identified)
      api.use(path, async (context, next) => {
        context.set("principal", await identified(context));
        await next();
      });
    else api.use(path, identify(people, { now, origin: () => origin }));
    api.use(path, rateLimit(now));
  }
  for (const path of ["/v1/resources/*", "/v1/apply", "/v1/rollback"]) api.use(path, idempotency(people.answered, now));

  const applying = applyingFor(around);
  const keys = passkeys(people, { origin, now });
  publicRoutes(api, around);
  sessionRoutes(api, around, signingIn(people, around), keys);
  vouchedRoutes(api, around, vouching(people, around));
  meRoutes(api, around, keys);
  tokenRoutes(api, around);
  noticeRoutes(api, around);
  invitationRoutes(api, around);
  peopleRoutes(api, around);
  kindRoutes(api);
  overviewRoutes(api, around);
  figureRoutes(api, around);
  resourceRoutes(api, around, applying);
  previewRoutes(api, around);
  applyRoutes(api, applying);
  standingRoutes(api, around);
  historyRoutes(api, around, applying);
  linkRoutes(api, around);
  watchedRoutes(api, around);
  hostRoutes(api, around, joining);
  editRoutes(api, around);
  eventRoutes(api, around);

  api.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: sessionCookie,
    description: "Set by signing in. What changes something needs `X-CSRF-Token`, too.",
  });
  api.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  api.get("/v1/openapi.json", (context) => context.json(describe(api)));
  return api;
}

/** The API in its own words (OpenAPI 3.1). */
export const describe = (api: Api) =>
  api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Upkeep",
      version,
      description:
        "States what should exist on a hosting estate's servers, and tells how that stands. Problems come as RFC 9457.",
    },
    servers: [{ url: "/" }],
  });

/** Where it comes from; nothing where that is the machine itself. */
function addressOf(context: Context<{ Variables: Variables }>, trusted: readonly Network[]): string {
  const direct = (getConnInfo(context as never).remote.address ?? "").replace(/^::ffff:/, "");
  const address = parseAddress(direct);
  if (!address || !trusted.some((network) => isIn(address, network))) return direct;
  const said = context.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  return parseAddress(said) ? said : direct;
}
