import type { Actor } from "./actors.ts";
import type { TestEstate } from "./estate.ts";

/** A request, and whose it is about. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Who may do what, written down by hand: what the code says of itself is held against it. */
export interface Permission {
  /** Makes what the request is about, anew each time. `tenant` is whose it is. */
  readonly ask: (estate: TestEstate, tenant: string, count: number) => Asked | Promise<Asked>;
  /** Who gets in where it is `acme`'s, or nobody's. */
  readonly own: readonly Actor[];
  /** Who gets in where it is somebody else's. Without it, it is about nobody's. */
  readonly other?: readonly Actor[];
}

const everybody = [
  ...["nobody", "half", "viewer", "member", "admin", "operator", "spectator", "reader", "program"],
  ...["confined", "elsewhere"],
] as readonly Actor[];
const known = everybody.filter((each) => each !== "nobody" && each !== "half");
/** In a browser, and not on the way in. */
const people: readonly Actor[] = ["viewer", "member", "admin", "operator", "spectator"];
/** Whoever sees anything: `elsewhere` sees what is `third`'s, so lists let it in, and show it nothing of `acme`'s. */
const seers = known;
const ofAcme = known.filter((each) => each !== "elsewhere");
const changers: readonly Actor[] = ["member", "admin", "operator", "program", "confined"];
const admins: readonly Actor[] = ["admin", "operator", "confined"];
const operators: readonly Actor[] = ["operator"];

/** Milliseconds. */
const day = 86_400_000;

const signature = { at: 0, actor: "test", cause: "test" };

/** A site of a tenant. */
async function site({ control }: TestEstate, tenant: string, count: number): Promise<string> {
  const name = `s${count}.${tenant}.example`;
  await control.apply(
    {
      statements: [
        {
          ref: `Site/${name}`,
          resource: { kind: "Site", name, spec: {}, tenant },
          claims: [`host name ${name}`],
          from: "",
        },
      ],
      prune: [],
      pages: {},
    },
    { name: "test", command: "test" },
  );
  return name;
}

/** Somebody of a tenant. */
async function somebody({ people: { accounts } }: TestEstate, tenant: string, count: number): Promise<string> {
  const { id } = await accounts.add(
    {
      email: `p${count}@${tenant}.example`,
      name: "P",
      language: "en",
      isOperator: false,
      tenants: { [tenant]: "viewer" },
    },
    signature,
  );
  return id;
}

async function host({ fleet }: TestEstate, count: number): Promise<string> {
  await fleet.add(`h${count}`, {}, signature);
  return `h${count}`;
}

const plain = (method: string, path: string, body?: unknown) => ({
  ask: () => ({ method, path, ...(body !== undefined && { body }) }),
});

export const permissions: Readonly<Record<string, Permission>> = {
  health: { ...plain("GET", "/v1/health"), own: everybody },
  metrics: { ...plain("GET", "/metrics"), own: operators },
  signIn: { ...plain("POST", "/v1/session", { email: "a@example.com", password: "x" }), own: everybody },
  // No mail is set up there.
  forgotPassword: { ...plain("POST", "/v1/session/forgotten", { email: "a@example.com" }), own: everybody },
  signInSecond: { ...plain("POST", "/v1/session/second", { code: "1" }), own: [...people, "half"] },
  passkeyOptions: { ...plain("POST", "/v1/session/passkey/options"), own: everybody },
  signInByPasskey: { ...plain("POST", "/v1/session/passkey", { ticket: "x", response: {} }), own: everybody },
  listProviders: { ...plain("GET", "/v1/session/oidc"), own: everybody },
  // There is none here: nobody is sent anywhere.
  signInElsewhere: { ...plain("GET", "/v1/session/oidc/none"), own: [] },
  signedInElsewhere: { ...plain("GET", "/v1/session/oidc/none/callback"), own: everybody },
  signOut: { ...plain("DELETE", "/v1/session"), own: [...people, "half"] },
  lookAs: {
    ask: (_, tenant) => ({ method: "PUT", path: "/v1/session/looks-as", body: { tenant } }),
    own: ["operator", "spectator"],
    other: ["operator", "spectator"],
  },
  me: { ...plain("GET", "/v1/me"), own: known },
  changeMe: { ...plain("PATCH", "/v1/me", {}), own: people },
  setPassword: { ...plain("PUT", "/v1/me/password", { current: "", password: "long enough it is" }), own: people },
  beginTotp: { ...plain("POST", "/v1/me/totp"), own: people },
  confirmTotp: { ...plain("PUT", "/v1/me/totp", { ticket: "x", code: "1" }), own: people },
  endTotp: { ...plain("DELETE", "/v1/me/totp", { current: "x" }), own: people },
  newPasskeyOptions: { ...plain("POST", "/v1/me/passkeys/options"), own: people },
  addPasskey: { ...plain("POST", "/v1/me/passkeys", { name: "x", ticket: "x", response: {} }), own: people },
  listPasskeys: { ...plain("GET", "/v1/me/passkeys"), own: people },
  removePasskey: {
    ask: async (estate, tenant, count) => {
      const account = await somebody(estate, tenant, count);
      const key = { id: `k${count}`, account, publicKey: new Uint8Array(1), counter: 0, transports: [], name: "x" };
      await estate.people.credentials.addPasskey({ ...key, createdAt: 0 });
      return { method: "DELETE", path: `/v1/me/passkeys/k${count}` };
    },
    own: [],
    other: [],
  },
  listSessions: { ...plain("GET", "/v1/me/sessions"), own: people },
  endSession: {
    ask: async (estate, tenant, count) => {
      const account = await somebody(estate, tenant, count);
      const { id } = await estate.people.sessions.begin(
        { account, stage: "signed in", agent: "", address: "" },
        Date.now(),
      );
      return { method: "DELETE", path: `/v1/me/sessions/${id}` };
    },
    own: [],
    other: [],
  },
  listTokens: { ...plain("GET", "/v1/me/tokens"), own: people },
  createToken: { ...plain("POST", "/v1/me/tokens", { name: "x" }), own: ["viewer", "member", "admin", "operator"] },
  removeToken: {
    ask: async (estate, tenant, count) => {
      const account = await somebody(estate, tenant, count);
      const token = { account, name: "x", readOnly: true, createdAt: 0, expiresAt: Date.now() + day };
      const { token: made } = await estate.people.apiTokens.add(token);
      return { method: "DELETE", path: `/v1/me/tokens/${made.id}` };
    },
    own: [],
    other: [],
  },
  listNotices: { ...plain("GET", "/v1/me/notices"), own: people },
  readNotices: { ...plain("PUT", "/v1/me/notices/read", { upTo: 0 }), own: people },
  getWishes: { ...plain("GET", "/v1/me/wishes"), own: people },
  setWishes: { ...plain("PUT", "/v1/me/wishes", {}), own: people },
  // Whoever has the secret gets in; a wrong one is not found, whoever asks.
  lookAtInvitation: {
    ask: async ({ people: { invitations } }) => {
      const { secret } = await invitations.add({ isOperator: true, invitedBy: "test", expiresAt: Date.now() + day });
      return { method: "POST", path: "/v1/invitations/look", body: { secret } };
    },
    own: everybody,
  },
  acceptInvitation: {
    ask: async ({ people: { invitations } }) => {
      const { secret } = await invitations.add({ isOperator: true, invitedBy: "test", expiresAt: Date.now() + day });
      // Without a name it is refused, after it has been let in.
      return { method: "POST", path: "/v1/invitations/accept", body: { secret, password: "long enough it is" } };
    },
    own: everybody,
  },
  // Of those who are let in, each hears that it is for somebody else.
  joinTenant: {
    ask: async ({ people: { invitations } }, tenant, count) => {
      const { secret } = await invitations.add({
        ...{ email: `j${count}@example.com`, isOperator: false, tenant, role: "viewer" },
        ...{ invitedBy: "test", expiresAt: Date.now() + day },
      });
      return { method: "POST", path: "/v1/invitations/join", body: { secret } };
    },
    own: people,
    other: people,
  },
  listInvitations: { ...plain("GET", "/v1/invitations"), own: [...admins, "elsewhere"] },
  invite: {
    ask: (_, tenant, count) => ({
      method: "POST",
      path: "/v1/invitations",
      body: { email: `i${count}@example.com`, tenant, role: "admin" },
    }),
    own: admins,
    other: operators,
  },
  withdrawInvitation: {
    ask: async ({ people: { invitations } }, tenant, count) => {
      const { id } = await invitations.add({
        email: `w${count}@example.com`,
        isOperator: false,
        tenant,
        role: "viewer",
        invitedBy: "test",
        expiresAt: Date.now() + day,
      });
      return { method: "DELETE", path: `/v1/invitations/${id}` };
    },
    own: admins,
    other: operators,
  },
  resetPassword: {
    ask: async (estate, tenant, count) => ({
      method: "POST",
      path: `/v1/accounts/${await somebody(estate, tenant, count)}/reset`,
    }),
    own: operators,
    other: operators,
  },
  listAccounts: { ...plain("GET", "/v1/accounts"), own: [...admins, "elsewhere"] },
  changeAccount: {
    ask: async (estate, tenant, count) => ({
      method: "PATCH",
      path: `/v1/accounts/${await somebody(estate, tenant, count)}`,
      body: { isOperator: true },
    }),
    own: operators,
    other: operators,
  },
  removeAccount: {
    ask: async (estate, tenant, count) => ({
      method: "DELETE",
      path: `/v1/accounts/${await somebody(estate, tenant, count)}`,
    }),
    own: operators,
    other: operators,
  },
  setRole: {
    ask: async (estate, tenant, count) => ({
      method: "PUT",
      path: `/v1/tenants/${tenant}/members/${await somebody(estate, tenant, count)}`,
      body: { role: "admin" },
    }),
    own: admins,
    other: operators,
  },
  endRole: {
    ask: async (estate, tenant, count) => ({
      method: "DELETE",
      path: `/v1/tenants/${tenant}/members/${await somebody(estate, tenant, count)}`,
    }),
    own: admins,
    other: operators,
  },
  listTenants: { ...plain("GET", "/v1/tenants"), own: seers },
  getTenant: {
    ask: (_, tenant) => ({ method: "GET", path: `/v1/tenants/${tenant}` }),
    own: ofAcme,
    other: operators,
  },
  putTenant: {
    ask: (_, tenant) => ({ method: "PUT", path: `/v1/tenants/${tenant}`, body: { title: "T" } }),
    own: operators,
    other: operators,
  },
  removeTenant: {
    ask: async (estate, _, count) => {
      await estate.tenant({ name: `t${count}` });
      return { method: "DELETE", path: `/v1/tenants/t${count}` };
    },
    own: operators,
  },
  listKinds: { ...plain("GET", "/v1/kinds"), own: seers },
  figures: { ...plain("GET", "/v1/figures"), own: operators },
  listBans: { ...plain("GET", "/v1/bans"), own: operators },
  listKeys: { ...plain("GET", "/v1/keys"), own: operators },
  listPools: { ...plain("GET", "/v1/pools"), own: operators },
  listMail: { ...plain("GET", "/v1/mail"), own: operators },
  askGuards: { ...plain("POST", "/v1/guard", { asks: { is: "unban", address: "192.0.2.1" } }), own: operators },
  linkIntoMaintenance: {
    ask: async ({ control }, tenant, count) => {
      const name = `m${count}.${tenant}.example`;
      await control.apply(
        {
          statements: [
            {
              ref: `Maintenance/${name}`,
              resource: { kind: "Maintenance", name, spec: { sites: "all" }, tenant },
              claims: [],
              from: "",
            },
          ],
          prune: [],
          pages: {},
        },
        { name: "test", command: "test" },
      );
      return { method: "POST", path: `/v1/maintenance/${name}/links`, body: {} };
    },
    own: changers,
    other: operators,
  },
  overview: { ...plain("GET", "/v1/overview"), own: seers },
  listResources: { ...plain("GET", "/v1/resources"), own: seers },
  getResource: {
    ask: async (estate, tenant, count) => ({
      method: "GET",
      path: `/v1/resources/Site/${await site(estate, tenant, count)}`,
    }),
    own: ofAcme,
    other: operators,
  },
  putResource: {
    ask: async (estate, tenant, count) => ({
      method: "PUT",
      path: `/v1/resources/Site/${await site(estate, tenant, count)}`,
      body: { tenant, spec: { php: true } },
    }),
    own: changers,
    other: operators,
  },
  patchResource: {
    ask: async (estate, tenant, count) => ({
      method: "PATCH",
      path: `/v1/resources/Site/${await site(estate, tenant, count)}`,
      body: { spec: { php: true } },
    }),
    own: changers,
    other: operators,
  },
  deleteResource: {
    ask: async (estate, tenant, count) => ({
      method: "DELETE",
      path: `/v1/resources/Site/${await site(estate, tenant, count)}`,
    }),
    own: changers,
    other: operators,
  },
  apply: {
    ask: async (estate, tenant, count) => ({
      method: "POST",
      path: "/v1/apply",
      body: {
        state: [{ kind: "Site", name: `n${count}.${tenant}.example`, tenant, spec: {} }],
        delete: [`Site/${await site(estate, tenant, count)}`],
      },
    }),
    own: changers,
    other: operators,
  },
  plan: {
    ask: (_, tenant, count) => ({
      method: "POST",
      path: "/v1/plan",
      body: { state: [{ kind: "Site", name: `n${count}.${tenant}.example`, tenant, spec: {} }] },
    }),
    own: changers,
    other: operators,
  },
  maintenancePage: { ...plain("GET", "/v1/maintenance-page"), own: seers },
  listConditions: { ...plain("GET", "/v1/conditions"), own: seers },
  // Of what somebody may not see, nothing is told.
  progress: { ...plain("POST", "/v1/progress", { refs: [], hosts: [] }), own: seers },
  listAudit: { ...plain("GET", "/v1/audit"), own: [...admins, "elsewhere"] },
  verifyAudit: { ...plain("GET", "/v1/audit/verify"), own: operators },
  resourceHistory: {
    ask: async (estate, tenant, count) => ({
      method: "GET",
      path: `/v1/resources/Site/${await site(estate, tenant, count)}/history`,
    }),
    own: ofAcme,
    other: operators,
  },
  rollBackResource: {
    ask: async (estate, tenant, count) => ({
      method: "POST",
      path: `/v1/resources/Site/${await site(estate, tenant, count)}/rollback`,
      body: { to: 0 },
    }),
    own: changers,
    other: operators,
  },
  listChanges: { ...plain("GET", "/v1/changes"), own: operators },
  rollBack: {
    ask: async ({ estate }) => ({
      method: "POST",
      path: "/v1/rollback",
      body: { to: (await estate.auditHead())?.id ?? 0 },
    }),
    own: operators,
  },
  listHosts: { ...plain("GET", "/v1/hosts"), own: operators },
  getHost: {
    ask: async (estate, _, count) => ({ method: "GET", path: `/v1/hosts/${await host(estate, count)}` }),
    own: operators,
  },
  addHost: {
    ask: (_, __, count) => ({ method: "PUT", path: `/v1/hosts/a${count}`, body: {} }),
    own: operators,
  },
  changeHost: {
    ask: async (estate, _, count) => ({
      method: "PATCH",
      path: `/v1/hosts/${await host(estate, count)}`,
      body: { draining: true },
    }),
    own: operators,
  },
  removeHost: {
    ask: async (estate, _, count) => ({ method: "DELETE", path: `/v1/hosts/${await host(estate, count)}` }),
    own: operators,
  },
  hostToken: {
    ask: async (estate, _, count) => ({ method: "POST", path: `/v1/hosts/${await host(estate, count)}/token` }),
    own: operators,
  },
  hostPlan: {
    ask: async (estate, _, count) => ({ method: "GET", path: `/v1/hosts/${await host(estate, count)}/plan` }),
    own: operators,
  },
  hostMachine: {
    ask: async (estate, _, count) => ({ method: "GET", path: `/v1/hosts/${await host(estate, count)}/machine` }),
    own: operators,
  },
  takeEdit: {
    ask: async (estate, _, count) => ({
      method: "POST",
      path: `/v1/hosts/${await host(estate, count)}/edits`,
      body: { path: "/etc/x" },
    }),
    own: operators,
  },
  rollBackHost: {
    ask: async (estate, _, count) => ({
      method: "POST",
      path: `/v1/hosts/${await host(estate, count)}/rollback`,
      body: { to: 0 },
    }),
    own: operators,
  },
  restoreHost: {
    ask: async (estate, _, count) => ({ method: "POST", path: `/v1/hosts/${await host(estate, count)}/restore` }),
    own: operators,
  },
  events: { ...plain("GET", "/v1/events"), own: seers },
  recentEvents: { ...plain("GET", "/v1/events/recent"), own: seers },
};
