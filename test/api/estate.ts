import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { MemoryBus } from "../../src/bus/memory.ts";
import { type Control, startControl } from "../../src/control/control.ts";
import { httpApi } from "../../src/control/http/app.ts";
import type { Around } from "../../src/control/http/around.ts";
import type { Api } from "../../src/control/http/operation.ts";
import { type DerivationCost, keepPasswords } from "../../src/control/people/password.ts";
import type { Provider } from "../../src/control/people/vouching.ts";
import type { Role } from "../../src/model/role.ts";
import type { Tenant } from "../../src/model/tenant.ts";
import type { Opened } from "../../src/store/opened.ts";
import { fleetingSecrets } from "../../src/store/secrets.ts";
import { openSqliteFleet } from "../../src/store/sqlite.ts";
import { Browser } from "./browser.ts";

export const password = "correct horse battery";
/** What a derivation costs is the subject of few tests, which bring their own. */
export const cheapest: DerivationCost = { memory: 8, passes: 1, parallelism: 1 };
const cheapPasswords = keepPasswords(cheapest);
const hashed = await cheapPasswords.hash(password);

/** A control plane with its API on loopback, and a clock that can be set. */
export interface TestEstate extends Opened {
  readonly api: Api;
  readonly control: Control;
  readonly bus: MemoryBus;
  readonly url: string;
  /** What it has said to its log. */
  readonly logged: string[];
  /** Milliseconds by which its clock is ahead. */
  ahead: number;
  /** Where it stands, if it does. */
  stands: number | undefined;
  /** Nobody, in a browser of their own. */
  browser(): Browser;
  /** Somebody who has signed in; made if need be. */
  as(
    email: string,
    rights?: { readonly isOperator?: boolean; readonly tenants?: Record<string, Role> },
  ): Promise<Browser>;
  tenant(tenant: Partial<Tenant> & { readonly name: string }): Promise<void>;
  close(): Promise<void>;
}

export async function openTestEstate(
  providers: readonly Provider[] = [],
  more: Partial<Pick<Around, "mail" | "passwords">> = {},
): Promise<TestEstate> {
  const directory = mkdtempSync(join(tmpdir(), "upkeep-api-"));
  const opened = await openSqliteFleet(join(directory, "estate.db"), fleetingSecrets(), { mayGoBack: true });
  const bus = new MemoryBus();
  const logged: string[] = [];
  const log = (text: string) => void logged.push(text);
  const estate = { ahead: 0, stands: undefined as number | undefined };
  const now = () => (estate.stands ?? Date.now()) + estate.ahead;
  const control = startControl(opened, bus, { now, log });
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = httpApi({ ...opened, passwords: cheapPasswords, control, now, log, origin: url, providers, ...more });
  const adaptor = createAdaptorServer({ fetch: api.fetch }) as Server;
  server.on("request", (request, response) => adaptor.emit("request", request, response));
  const signature = { at: now(), actor: "test", cause: "test" };
  return Object.assign(estate, opened, {
    api,
    control,
    bus,
    url,
    logged,
    browser: () => new Browser(url),
    async as(email: string, { isOperator = false, tenants = {} } = {}) {
      const known = await opened.people.accounts.named(email);
      const given = {
        email,
        name: email.split("@")[0]!,
        language: "en" as const,
        isOperator,
        tenants,
        password: hashed,
      };
      if (!known) await opened.people.accounts.add(given, signature);
      const browser = new Browser(url);
      await browser.signIn(email, password);
      return browser;
    },
    async tenant({ name, ...rest }: Partial<Tenant> & { readonly name: string }) {
      await opened.people.tenants.put({ name, title: name, quotas: {}, ...rest }, signature);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await control.close();
      rmSync(directory, { recursive: true, force: true });
    },
  });
}
