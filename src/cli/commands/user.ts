import type { Account, Invitation } from "../../client/paths.ts";
import { UserError } from "../../model/problem.ts";
import type { ExitCode, Invocation, Run } from "../command.ts";
import { type Api, requireControlPlane } from "../control-plane.ts";
import { ago } from "../time.ts";

const people = "/v1";

type Action = (api: Api, email: string, invocation: Invocation) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = { invite, reset, disable, enable, remove };

export const run: Run = async (invocation) => {
  const [verb = "list", email] = invocation.positionals;
  const { api } = await requireControlPlane(invocation);
  if (verb === "list") return list(api, invocation);
  const action = actions[verb];
  if (!action) throw new UserError(`say \`upkeep user list|${Object.keys(actions).join("|")}\`, not "${verb}"`);
  if (email === undefined) throw new UserError(`say whom: upkeep user ${verb} EMAIL`);
  return action(api, email.toLowerCase(), invocation);
};

async function list(api: Api, { json, terminal }: Invocation): Promise<ExitCode> {
  const accounts = await api.get<Account[]>(`${people}/accounts`);
  const invitations = await api.get<Invitation[]>(`${people}/invitations`);
  if (json) {
    terminal.print(JSON.stringify({ accounts, invitations }, undefined, 2));
    return 0;
  }
  if (accounts.length + invitations.length === 0)
    terminal.print("Nobody can sign in yet. Try: upkeep user invite EMAIL --operator");
  for (const { email, isOperator, isDisabled, tenants, hasTotp, passkeys, signedInAt } of accounts)
    terminal.print(
      [
        email,
        isDisabled && "disabled",
        isOperator && "operator",
        ...Object.entries(tenants).map(([tenant, role]) => `${role} of ${tenant}`),
        hasTotp || passkeys > 0 ? "second factor" : "password alone",
        signedInAt === undefined ? "never signed in" : `signed in ${ago(signedInAt)}`,
      ]
        .filter(Boolean)
        .join(", "),
    );
  for (const { email, invitedBy } of invitations) terminal.print(`${email}, invited by ${invitedBy}, not here yet`);
  return 0;
}

async function invite(api: Api, email: string, invocation: Invocation): Promise<ExitCode> {
  const { operator, tenant, role = "member" } = invocation.options;
  const where = tenant === undefined ? {} : { tenant, role };
  return showLink(
    await api.post(`${people}/invitations`, { email, isOperator: operator === true, ...where }),
    `${email} makes an account with this link, once, within a week:`,
    invocation,
  );
}

async function reset(api: Api, email: string, invocation: Invocation): Promise<ExitCode> {
  const { id } = await named(api, email);
  return showLink(
    await api.post(`${people}/accounts/${id}/reset`, {}),
    `${email} sets a new password with this link, once, within a day:`,
    invocation,
  );
}

function showLink(made: { readonly link: string }, says: string, { json, terminal }: Invocation): ExitCode {
  if (json) terminal.print(JSON.stringify(made));
  else {
    terminal.remark(says);
    terminal.print(made.link);
  }
  return 0;
}

const setDisabled =
  (isDisabled: boolean): Action =>
  async (api, email, { terminal }) => {
    const { id } = await named(api, email);
    await api.patch(`${people}/accounts/${id}`, { isDisabled });
    terminal.print(isDisabled ? `${email} may not sign in, and is signed out.` : `${email} may sign in.`);
    return 0;
  };

function disable(...all: Parameters<Action>): Promise<ExitCode> {
  return setDisabled(true)(...all);
}

function enable(...all: Parameters<Action>): Promise<ExitCode> {
  return setDisabled(false)(...all);
}

async function remove(api: Api, email: string, { terminal }: Invocation): Promise<ExitCode> {
  const { id } = await named(api, email);
  await api.delete(`${people}/accounts/${id}`, {});
  terminal.print(`${email} has no account any longer.`);
  return 0;
}

async function named(api: Api, email: string): Promise<Account> {
  const found = (await api.get<Account[]>(`${people}/accounts`)).find((account) => account.email === email);
  if (!found) throw new UserError(`${email} has no account; \`upkeep user list\` shows who has`);
  return found;
}
