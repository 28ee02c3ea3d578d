import type { TestHost } from "../lab/lab.ts";
import { type Figure, medianOf, timed, undisturbed } from "./figures.ts";
import type { Bench } from "./index.ts";

const node = "/opt/upkeep/node_modules/.bin/node";
const upkeep = "/opt/upkeep/upkeep";
const log = "/root/access.log";

/** Whom both are to find: those who want in at WordPress, and everybody. */
const expressions = {
  few: '^<HOST> - \\S+ \\[\\] "POST /wp-login\\.php',
  all: '^<HOST> - \\S+ \\[\\] "(?:GET|POST) ',
} as const;

/** Bans from logs, beside fail2ban. */
export const jail: Bench = {
  name: "jail",
  title: "Jails",
  packages: "peers",
  async run(host, progress) {
    return [
      ...(await reading(host, progress)),
      ...(await reacting(host, progress)),
      ...(await remembering(host, progress)),
    ];
  },
};

async function reading(host: TestHost, progress: (text: string) => void): Promise<Figure[]> {
  await host.must(node, "/opt/upkeep/bench/jail/log.ts", log, "500000");
  const figures: Figure[] = [];
  for (const [name, expression] of Object.entries(expressions)) {
    let ours = "";
    let theirs = "";
    const own = await undisturbed(() =>
      medianOf(3, async () => (ours = await host.must(upkeep, "jail", "test", expression, log, "--quiet"))),
    );
    progress(`500,000 lines in ${Math.round(own)} ms; fail2ban-regex takes some minutes`);
    const peer = await timed(
      async () => (theirs = await host.must("fail2ban-regex", "--print-no-missed", log, expression)),
    );
    const found = Number(/(\d+) match/.exec(ours)?.[1]);
    const foundByPeer = Number(/(\d+) matched/.exec(theirs)?.[1]);
    progress(`it took ${Math.round(peer / 1_000)} s`);
    if (found !== foundByPeer) throw new Error(`we find ${found}, fail2ban ${foundByPeer}`);
    figures.push({
      name: `jail-test-${name}`,
      says: `an expression over 500,000 lines of an access log, ${found.toLocaleString("en")} found by both, whole command: so many times the lines a second`,
      value: peer / own,
      unit: "times",
      goal: { atLeast: 100 },
      peer: "fail2ban-regex",
      peerValue: peer,
      ratio: peer / own,
    });
  }
  return figures;
}

const jails = (file: string) => `kind: Jail
name: bench
spec: {filter: {failregex: ['^ bad <ADDR>$']}, logs: [${file}], maxRetry: 3}
`;

async function reacting(host: TestHost, progress: (text: string) => void): Promise<Figure[]> {
  progress("from a line to the packet filter");
  const measure = async (file: string, second: string, times: string) =>
    JSON.parse(await host.must(node, "/opt/upkeep/bench/jail/react.ts", file, second, times)) as number[];
  host.write("/var/log/app.log", "");
  const { code, stdout, stderr } = await host.apply(jails("/var/log/app.log"));
  if (code !== 0) throw new Error(stdout + stderr);
  const own = await undisturbed(() => measure("/var/log/app.log", "18", "200"));
  await host.must("systemctl", "stop", "upkeep-watches");
  progress("the same with fail2ban");
  host.write("/var/log/other.log", "");
  host.write("/etc/fail2ban/filter.d/bench.conf", "[Definition]\nfailregex = ^ bad <ADDR>$\n");
  host.write(
    "/etc/fail2ban/jail.local",
    "[DEFAULT]\nbackend = pyinotify\nbanaction = nftables-allports\n[sshd]\nenabled = false\n[bench]\nenabled = true\nfilter = bench\nlogpath = /var/log/other.log\nmaxretry = 3\n",
  );
  await host.must("systemctl", "restart", "fail2ban");
  while ((await host.exec(["fail2ban-client", "ping"])).code !== 0);
  const theirs = await measure("/var/log/other.log", "19", "20");
  await host.must("systemctl", "stop", "fail2ban");
  progress(
    `ours ${own
      .map((each) => each.toFixed(1))
      .slice(0, 30)
      .join(" ")}; fail2ban's ${theirs.map(Math.round).join(" ")}`,
  );
  const p99 = (values: readonly number[]) =>
    values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(0.99 * values.length))]!;
  return [
    {
      name: "jail-react",
      says: "from a line being written until the kernel drops packets, p99 of 200",
      value: p99(own),
      unit: "ms",
      goal: { atMost: 20 },
      peer: "fail2ban (pyinotify, nftables), p99 of 20",
      peerValue: p99(theirs),
      ratio: p99(theirs) / p99(own),
    },
  ];
}

async function remembering(host: TestHost, progress: (text: string) => void): Promise<Figure[]> {
  progress("100,000 bans");
  await host.must(node, "/opt/upkeep/bench/jail/ban-many.ts", "100000");
  const restored = await undisturbed(async () => {
    await host.must("systemctl", "stop", "upkeep-watches");
    await host.exec(["nft", "delete", "table", "inet", "upkeep_bans"]);
    return Number(await host.must(node, "/opt/upkeep/bench/jail/restore.ts"));
  });
  const kept = (await host.must("nft", "list", "table", "inet", "upkeep_bans")).match(/ timeout /g)?.length;
  if (kept === undefined || kept < 100_000) throw new Error(`only ${kept} are kept out`);
  const pids = (await host.must("pgrep", "--full", "main.js watch")).trim().split("\n");
  const resident = await Promise.all(
    pids.map(async (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(await host.must("cat", `/proc/${pid}/status`))![1]) / 1024),
  );
  return [
    {
      name: "jail-restore",
      says: "100,000 bans: from the start of the service until all of them are kept out and it answers",
      value: restored,
      unit: "ms",
      goal: { atMost: 1_000 },
    },
    {
      name: "jail-memory",
      says: "the same: memory of all its processes",
      value: resident.reduce((sum, each) => sum + each, 0),
      unit: "MB",
      goal: { atMost: 150 },
    },
  ];
}
