import { loadAll } from "js-yaml";
import { z } from "zod";
import type { Host } from "../host/host.ts";
import { controlSocket } from "../model/peer.ts";
import { hostLabel } from "../model/placement.ts";
import { UserError } from "../model/problem.ts";
import { agentFile, stateDirectory } from "./state.ts";

const schema = z.strictObject({
  host: hostLabel.describe("This machine's name in the estate."),
  bus: z
    .strictObject({
      servers: z.array(z.string()).min(1),
      seedFile: z.string().default(`${stateDirectory}/agent.seed`),
      authority: z.string().optional().describe("The certificate, as PEM, that the servers' own come from."),
      serverName: z.string().optional().describe("The name in their certificates, where it is not in their address."),
    })
    .optional()
    .describe("Default: the control plane runs here."),
  socket: z.string().default(controlSocket),
});

/** What a host knows of the estate it belongs to, from `/etc/upkeep/agent.yaml`. */
export type Membership = z.output<typeof schema>;

export function readMembership({ files }: Host): Membership | undefined {
  const text = files.read(agentFile);
  if (text === undefined) return undefined;
  const result = schema.safeParse(loadAll(text)[0]);
  if (result.success) return result.data;
  throw new UserError(
    result.error.issues.map(({ path, message }) => ({ message: [agentFile, path.join("."), message].join(": ") })),
  );
}
