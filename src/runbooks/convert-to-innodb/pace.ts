import { type Database, openDatabaseAt, serverPlace } from "../../host/databases/database.ts";

/** What the server and those that follow it can take. */
export interface Limits {
  /** Seconds that a replica may be behind. */
  readonly maxLag: number;
  /** Statements at once on the server. */
  readonly maxThreads: number;
  /** Addresses of replicas. */
  readonly replicas: readonly string[];
}

/** Why it is better to wait; nothing: go on. */
export async function reasonToWait(
  database: Database,
  { maxLag, maxThreads, replicas }: Limits,
): Promise<string | undefined> {
  const [[, threads] = []] = await database.rows("SHOW GLOBAL STATUS LIKE 'Threads_running'");
  // One of them is ours.
  const busy = Number(threads) - 1;
  if (busy > maxThreads) return `${busy} statements run on the server, more than ${maxThreads}`;
  for (const replica of replicas) {
    const { shown } = serverPlace(replica)!;
    const lag = await lagOf(replica);
    if (lag === undefined) return `${shown} does not follow`;
    if (lag > maxLag) return `${shown} is ${lag} s behind, more than ${maxLag} s`;
  }
  return undefined;
}

/** Seconds that a replica is behind; nothing, if it does not follow. */
async function lagOf(replica: string): Promise<number | undefined> {
  const database = await openDatabaseAt(serverPlace(replica)!).catch(() => undefined);
  if (!database) return undefined;
  try {
    // Each knows one of them.
    const [status] = await database
      .named("SHOW REPLICA STATUS")
      .catch(() => database.named("SHOW SLAVE STATUS"))
      .catch(() => []);
    const lag = status?.Seconds_Behind_Source ?? status?.Seconds_Behind_Master;
    return lag === undefined || lag === null ? undefined : Number(lag);
  } finally {
    await database.close().catch(() => {});
  }
}
