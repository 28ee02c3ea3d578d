/*
 * Where a machine keeps what it knows. Apart from what opens it, for much of Upkeep only asks whether it is there.
 */

export const stateDirectory = "/var/lib/upkeep";

/** The file there that says what is live on this host. */
export const ledgerName = "host.db";

/** What a host of an estate knows of it: its own name there, and how to reach the bus. */
export const agentFile = "/etc/upkeep/agent.yaml";

/** The private key with which a host opens secrets that are for it. */
export const boxFile = `${stateDirectory}/agent.box`;
