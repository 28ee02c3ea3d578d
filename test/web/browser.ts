import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { after, afterEach, before } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/* Runs inside a lab host, where Chromium and the control plane are. */

/** What the outer test tells. */
export interface Told {
  /** The link of the first start. */
  readonly link: string;
  /** Where pictures are put. */
  readonly pictures: string;
}

export const told = (): Told => JSON.parse(readFileSync("/root/journey.json", "utf8")) as Told;

/** Chromium, which believes the control plane's own certificate, as its owner would have it. */
export async function openBrowser() {
  const { publicKey } = new X509Certificate(readFileSync("/var/lib/upkeep-server/web.pem"));
  const digest = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--ignore-certificate-errors-spki-list=${digest}`,
    ],
  });
}

/** Whoever sits at a browser of their own for all steps of a test file. */
export function visitor() {
  const complaints: string[] = [];
  const state = {} as { browser: Browser; context: BrowserContext; page: Page };
  before(async () => {
    state.browser = await openBrowser();
    state.context = await state.browser.newContext({ locale: "en-GB" });
    state.context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning")
        complaints.push(`${message.text()} ${message.location().url}`);
    });
    state.context.on("weberror", (error) => complaints.push(String(error.error())));
    state.page = await state.context.newPage();
    state.page.setDefaultTimeout(20_000);
  });
  afterEach((context) => pictureOfFailure(context, state.page));
  after(() => state.browser.close());
  return {
    get page() {
      return state.page;
    },
    get context() {
      return state.context;
    },
    /** Whatever pages complain of: a page of ours complains of nothing. */
    complaints,
    heading: (name: string) => state.page.getByRole("heading", { level: 1, name }).waitFor(),
    button: (name: string) => state.page.getByRole("button", { name, exact: true }),
    portrayed: async (name: string) => assert.deepEqual(await portray(state.page, name), []),
  };
}

const widths = { phone: 390, tablet: 820, wide: 1440 } as const;

/** Takes a screen in both themes and three widths, and looks at it with axe. Returns what axe finds. */
async function portray(page: Page, name: string): Promise<string[]> {
  const { pictures } = told();
  mkdirSync(pictures, { recursive: true });
  const found: string[] = [];
  const size = page.viewportSize();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const [width, pixels] of Object.entries(widths)) {
      await page.setViewportSize({ width: pixels, height: 900 });
      await page.screenshot({ path: `${pictures}/${name}-${colorScheme}-${width}.png`, fullPage: true });
      if (width === "tablet") continue;
      for (const violation of await axe(page)) found.push(`${name}, ${colorScheme}, ${width}: ${violation}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (size) await page.setViewportSize(size);
  return found;
}

/** What was on the screen when a step failed, for whoever has to mend it. */
async function pictureOfFailure(context: unknown, page: Page): Promise<void> {
  const { passed, name } = context as { readonly passed?: boolean; readonly name: string };
  if (passed) return;
  mkdirSync(told().pictures, { recursive: true });
  await page.screenshot({
    path: `${told().pictures}/failed-${name.replaceAll(/\W+/g, "-").slice(0, 60)}.png`,
    fullPage: true,
  });
}

const source = readFileSync("/opt/upkeep/node_modules/axe-core/axe.min.js", "utf8");

async function axe(page: Page): Promise<string[]> {
  await page.evaluate(source);
  return page.evaluate(async () => {
    type Found = { violations: { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[] };
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Found> } };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}
