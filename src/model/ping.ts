/** Where it is stated that everybody may ping, for sysctl.d(5). */
export const pingFile = "/etc/sysctl.d/60-upkeep-ping.conf";

/** Which groups may ping without a capability, see icmp(7). */
export const pingSetting = "net.ipv4.ping_group_range";
