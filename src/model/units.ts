/*
 * The units of systemd that keep Upkeep itself running. See systemd.exec(5), systemd.socket(5).
 */

/** What no service of ours needs. */
const confinement = [
  "NoNewPrivileges=yes",
  "ProtectSystem=strict",
  "ProtectHome=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "ProtectKernelLogs=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "ProtectControlGroups=yes",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "LockPersonality=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "RestrictNamespaces=yes",
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
  "CapabilityBoundingSet=",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged @resources",
  // Only to itself: it may give nothing away.
  "SystemCallFilter=@chown",
  "UMask=0077",
];

/** However often it fails, it is started again. */
const persistence = ["StartLimitIntervalSec=0"];

const unit = (sections: Readonly<Record<string, readonly string[]>>): string =>
  `# Written by \`upkeep install\`, and again whenever that is run.\n${Object.entries(sections)
    .map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"))
    .join("\n")}`;

/** The door of the control plane, made by systemd so that the control plane needs no rights for it. */
export const serverSocket = (path: string): string =>
  unit({
    Unit: ["Description=Upkeep's control plane: socket for commands"],
    Socket: [`ListenStream=${path}`, "SocketMode=0660", "SocketGroup=upkeep", "DirectoryMode=0755"],
    Install: ["WantedBy=sockets.target"],
  });

export const serverService = (program: string): string =>
  unit({
    Unit: [
      "Description=Upkeep's control plane",
      "Requires=upkeep-server.socket",
      "After=network-online.target upkeep-nats.service postgresql.service",
      "Wants=network-online.target",
      ...persistence,
    ],
    Service: [
      "User=upkeep",
      "Group=upkeep",
      `ExecStart=${program} serve`,
      "Restart=always",
      "RestartSec=1",
      "StateDirectory=upkeep-server",
      "StateDirectoryMode=0700",
      "RuntimeDirectory=upkeep-server",
      "RuntimeDirectoryMode=0755",
      "CacheDirectory=upkeep-server",
      "Environment=NODE_COMPILE_CACHE=/var/cache/upkeep-server",
      ...confinement,
    ],
    Install: ["WantedBy=multi-user.target", "Also=upkeep-server.socket"],
  });

/** Carries out one run, whose number is its instance, and after a reboot goes on with it. */
export const runService = (program: string): string =>
  unit({
    Unit: [
      "Description=Upkeep: run %i",
      "After=network-online.target mariadb.service postgresql.service apache2.service nginx.service",
      "Wants=network-online.target",
      ...persistence,
    ],
    Service: [
      `ExecStart=${program} runs carry %i`,
      "Restart=on-failure",
      "RestartSec=2",
      // What it has begun elsewhere must not go on without it.
      "KillMode=control-group",
    ],
    Install: ["WantedBy=multi-user.target"],
  });

export const natsService = (directory: string): string =>
  unit({
    Unit: ["Description=NATS for Upkeep", "After=network.target", ...persistence],
    Service: [
      "User=upkeep",
      "Group=upkeep",
      `ExecStart=/usr/sbin/nats-server --config ${directory}/nats.conf`,
      "ExecReload=/bin/kill -HUP $MAINPID",
      // By SIGTERM it ends as if it had failed, from 2.10 on.
      "KillSignal=SIGINT",
      "Restart=always",
      "RestartSec=1",
      "LimitNOFILE=65536",
      "StateDirectory=upkeep-server",
      "StateDirectoryMode=0700",
      ...confinement,
    ],
    Install: ["WantedBy=multi-user.target"],
  });

/** Root, because it makes a host what it should be; everything that does not take is away from it. */
export const agentService = (program: string): string =>
  unit({
    Unit: ["Description=Upkeep's agent", "After=network.target local-fs.target", ...persistence],
    Service: [
      `ExecStart=${program} agent`,
      "Restart=always",
      "RestartSec=1",
      // What is under way comes to its end.
      "TimeoutStopSec=120",
      "KillMode=mixed",
      "CacheDirectory=upkeep",
      "Environment=NODE_COMPILE_CACHE=/var/cache/upkeep",
      "LockPersonality=yes",
      "ProtectClock=yes",
      "ProtectKernelLogs=yes",
      "RestrictRealtime=yes",
      "OOMScoreAdjust=-500",
    ],
    Install: ["WantedBy=multi-user.target"],
  });
