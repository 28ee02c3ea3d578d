import { comment, directive, printApache, section } from "../../daemons/apache/config.ts";
import { systemFile } from "../../daemons/system-items.ts";
import { oneLine } from "../../daemons/template.ts";
import type { Item } from "../../model/item.ts";
import { headerFor } from "../header.ts";
import { isIpv6 } from "../values.ts";
import { answerEverything } from "./apache.ts";
import type { Layout } from "./layout.ts";

/** The classic layout: a virtual host on a port of its own, and the kernel's packet filter as the switch. */
export const portItems = (layout: Layout, on: boolean): Item[] => [
  systemFile(
    `/etc/apache2/upkeep/maintenance-port/${layout.name}.conf`,
    printApache([...headerFor("Maintenance", layout.name).map(comment), ...hosts(layout)]),
    "apache2",
  ),
  ...(on
    ? [
        {
          ...systemFile(`${layout.directory}/upkeep_maintenance_${layout.id}.nft`, ruleset(layout)),
          toldTo: "nftables" as const,
        },
      ]
    : []),
];

function hosts(layout: Layout) {
  const { port, tls } = layout.spec;
  const plain = section(
    "VirtualHost",
    [`*:${port}`],
    [directive("ServerName", "upkeep.invalid"), ...answerEverything(layout)],
  );
  if (!tls) return [plain];
  return [
    plain,
    section(
      "VirtualHost",
      [`*:${port + 1}`],
      [
        directive("ServerName", "upkeep.invalid"),
        directive("SSLEngine", "on"),
        directive("SSLCertificateFile", tls.certificate),
        directive("SSLCertificateKeyFile", tls.key),
        ...answerEverything(layout),
      ],
    ),
  ];
}

/**
 * One table, made and replaced as a whole. New connections from outside are sent to the port; those that stand stay where
 * they are. See nft(8), "NAT statements". Before ordinary destination NAT (priority -100), so that nothing else has them.
 */
function ruleset({ id, name, allow, spec }: Layout): string {
  const table = `inet upkeep_maintenance_${id}`;
  const { port, tls } = spec;
  const ports = spec.ports ?? (tls ? [80, 443] : [80]);
  const secure = tls ? ports.filter((each) => each % 1000 === 443) : [];
  const plain = ports.filter((each) => !secure.includes(each));
  const pass = (family: "ip" | "ip6", networks: readonly string[]) =>
    networks.length === 0 ? [] : [`    ${family} saddr { ${networks.join(", ")} } accept`];
  const turn = (from: readonly number[], to: number) =>
    from.length === 0 ? [] : [`    tcp dport { ${from.join(", ")} } redirect to :${to}`];
  return [
    ...headerFor("Maintenance", name).map((line) => `# ${oneLine(line)}`),
    `table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    "  chain prerouting {",
    "    type nat hook prerouting priority -110; policy accept;",
    ...pass(
      "ip",
      allow.filter((network) => !isIpv6(network)),
    ),
    ...pass("ip6", allow.filter(isIpv6)),
    ...turn(plain, port),
    ...turn(secure, port + 1),
    "  }",
    "}",
    "",
  ].join("\n");
}
