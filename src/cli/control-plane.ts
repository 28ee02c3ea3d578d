import type { Remote } from "../host/control-client.ts";
import type { Resource, ResourceRef } from "../model/resource.ts";
import type { Records } from "../store/records.ts";
import type { ExitCode, Invocation } from "./command.ts";
import { controlHere, requireControl } from "./control-here.ts";
import { remoteRecords } from "./remote-records.ts";

/** The API of a control plane, as commands ask it: paths from `/v1/` on. */
export type Api = Pick<Remote, "get" | "put" | "patch" | "post" | "delete">;

/** A control plane, on this machine or elsewhere, for commands that say the same to both. */
export interface ControlPlane {
  readonly api: Api;
  readonly records: Records;
  /** States these, and follows what comes of it on every host. `sources`: by which paths they came, where they did. */
  state(resources: readonly Resource[], sources?: readonly string[]): Promise<ExitCode>;
  remove(refs: readonly ResourceRef[]): Promise<ExitCode>;
  /** Figures for Prometheus. */
  metrics(): Promise<string>;
}

/** The one that is meant with `--server`, or runs on this machine; none: this machine is by itself. */
export async function controlPlane(invocation: Invocation): Promise<ControlPlane | undefined> {
  if (invocation.server !== undefined) return elsewhere(invocation);
  const remote = await controlHere();
  return remote && here(remote, invocation);
}

/** The same, for commands that mean nothing without one. */
export const requireControlPlane = async (invocation: Invocation): Promise<ControlPlane> =>
  invocation.server === undefined ? here(await requireControl(), invocation) : elsewhere(invocation);

const elsewhere = async (invocation: Invocation): Promise<ControlPlane> =>
  (await import("./elsewhere/control-plane.ts")).elsewhere(invocation);

function here(remote: Remote, invocation: Invocation): ControlPlane {
  const command = invocation.typed;
  const follow = async (path: string, body: object): Promise<ExitCode> =>
    (await import("./through-control.ts")).followThrough(remote, path, { ...body, command }, invocation);
  return {
    api: ownApi(remote),
    records: remoteRecords(remote),
    state(resources, sources = []) {
      const statements = resources.map((resource, index) => ({ resource, from: sources[index] ?? "" }));
      return follow("/v1/apply", { statements, prune: [], pages: {} });
    },
    remove: (refs) => follow("/v1/delete", { refs }),
    metrics: () => remote.text("/metrics"),
  };
}

/** Where it is mounted on the control plane's own socket. */
function ownApi({ get, put, patch, post, delete: remove }: Remote): Api {
  const at = (path: string) => `/for-operators${path}`;
  return {
    get: (path) => get(at(path)),
    put: (path, body) => put(at(path), body),
    patch: (path, body) => patch(at(path), body),
    post: (path, body) => post(at(path), body),
    delete: (path, body) => remove(at(path), body),
  };
}
