/** Where the control plane listens for commands on its own machine. */
export const controlSocket = "/run/upkeep/upkeep.sock";

/** The header by which a peer of the control plane's socket is known, once it has shown who it is. */
export const peerHeader = "upkeep-peer";

/** Whom root acts for, as sudo(8) tells. */
export const actorHeader = "upkeep-actor";
