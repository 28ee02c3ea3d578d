import { UserError } from "../../model/problem.ts";
import type { ResourceRef } from "../../model/resource.ts";
import type { Principal } from "../../model/role.ts";
import type { Pages } from "../../store/built-pages.ts";
import type { HostPlan } from "../asking.ts";
import type { Accepted } from "../control.ts";
import { type Received, receive } from "../receive.ts";
import type { Statement } from "../stating.ts";
import { fillIn, refuseWhatIsNotTheirs } from "../tenancy.ts";
import type { Around } from "./around.ts";

/** Statements of people with their own rights, on their way to the estate. */
export interface Applying {
  state(principal: Principal, received: readonly Received[], cause: string): Promise<Accepted>;
  /** Without `seen`, whatever there is. */
  remove(
    principal: Principal,
    gone: readonly { readonly ref: ResourceRef; readonly seen?: number }[],
    cause: string,
  ): Promise<Accepted>;
  /** All of it in one change. */
  apply(
    principal: Principal,
    received: readonly Received[],
    gone: readonly ResourceRef[],
    cause: string,
    pages: Pages,
  ): Promise<Accepted>;
  /** What hosts would do, as far as whoever asks may see it. */
  plan(principal: Principal, received: readonly Received[], pages: Pages): Promise<HostPlan[]>;
}

export function applyingFor({
  control,
  estate,
  fleet,
  people,
}: Pick<Around, "control" | "estate" | "fleet" | "people">): Applying {
  const keepers = { estate, fleet, tenants: people.tenants };

  async function statementsOf(principal: Principal, received: readonly Received[], gone: readonly ResourceRef[]) {
    const filled = await fillIn(principal, received, keepers);
    const statements = receive(filled, { opened: (ref, spec) => estate.opened(ref, spec) });
    await refuseWhatIsNotTheirs(principal, statements, gone, keepers);
    return statements;
  }

  /** Those of one tenant wait for each other: two that fit a quota one by one may not fit it together. */
  const inTurn = <T>(principal: Principal, work: () => Promise<T>): Promise<T> =>
    principal.isOperator ? work() : holding(Object.keys(principal.tenants).sort(), work).catch(discreet);
  const holding = <T>([first, ...rest]: readonly string[], work: () => Promise<T>): Promise<T> =>
    first === undefined ? work() : people.leases.hold(`tenant ${first}`, () => holding(rest, work));

  return {
    state: (principal, received, cause) =>
      inTurn(principal, async () =>
        control.apply(
          { statements: await statementsOf(principal, received, []), prune: [], pages: {} },
          { name: principal.name, command: cause },
        ),
      ),
    remove: (principal, gone, cause) =>
      inTurn(principal, async () => {
        const refs = gone.map(({ ref }) => ref);
        await refuseWhatIsNotTheirs(principal, [], refs, keepers);
        const writes = gone.map(({ ref, seen }) => ({
          ref,
          resource: undefined,
          source: "",
          claims: [],
          ...(seen !== undefined && { seen }),
        }));
        return control.write(writes, { name: principal.name, command: cause });
      }),
    apply: (principal, received, gone, cause, pages) =>
      inTurn(principal, async () => {
        const statements = await statementsOf(principal, received, gone);
        refuseBoth(statements, gone);
        return control.apply({ statements, gone, prune: [], pages }, { name: principal.name, command: cause });
      }),
    async plan(principal, received, pages) {
      const statements = await statementsOf(principal, received, []);
      const plans = await control
        .plan({ statements, prune: [], pages }, { name: principal.name, command: "plan" })
        .catch(principal.isOperator ? rethrow : discreet);
      return principal.isOperator ? plans : plans.map((plan) => visiblePart(plan, statements));
    },
  };
}

function refuseBoth(statements: readonly Statement[], gone: readonly ResourceRef[]): void {
  const both = statements.find(({ ref }) => gone.includes(ref));
  if (both) throw new UserError(`${both.ref} cannot be stated and deleted at once`);
}

/** Of what others have, only that it is taken. */
function discreet(error: unknown): never {
  if (!(error instanceof UserError)) throw error;
  const problems = error.problems.map((problem) =>
    problem.about?.claim === undefined
      ? problem
      : { ...problem, message: `${problem.about.ref}: ${problem.about.claim} is taken already` },
  );
  throw new (error.constructor as typeof UserError)(problems);
}

const rethrow = (error: unknown): never => {
  throw error;
};

/** Steps about what is theirs; files of daemons and of others stay out of sight. */
function visiblePart({ plan, ...rest }: HostPlan, statements: readonly Statement[]): HostPlan {
  if (!plan) return rest;
  const own = new Set<string>(statements.map(({ ref }) => ref));
  return {
    ...rest,
    plan: {
      ...plan,
      changes: plan.changes.filter(({ because }) => because.every((ref) => own.has(ref))),
      refused: plan.refused.filter(({ ref }) => own.has(ref)),
      notes: [],
    },
  };
}
