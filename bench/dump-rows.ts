import type { TestHost } from "../lab/lab.ts";
import { type Figure, medianOf, undisturbed } from "./figures.ts";
import type { Bench } from "./index.ts";

const node = "/opt/upkeep/node_modules/.bin/node";
const upkeep = "/opt/upkeep/upkeep";

const servers = {
  MariaDB: {
    unit: "mariadb",
    url: "mysql:///emp",
    shell: ["mariadb"],
    sequence: (length: number) => `seq FROM seq_1_to_${length}`,
    half: "DIV",
    day: (days: string) => `DATE_ADD('1986-06-26', INTERVAL ${days} DAY)`,
    peer: [
      "mariadb-dump",
      "--single-transaction",
      "--no-create-info",
      "--skip-triggers",
      "--result-file=/root/peer.sql",
      "emp",
    ],
  },
  PostgreSQL: {
    unit: "postgresql",
    url: "postgres:///emp",
    shell: ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"],
    sequence: (length: number) => `seq FROM generate_series(1, ${length}) seq`,
    half: "/",
    day: (days: string) => `DATE '1986-06-26' + ${days}`,
    peer: ["pg_dump", "--data-only", "--file=/root/peer.sql", "emp"],
  },
} as const;

/** A closure of a million rows, beside those who dump whole databases: of one in which there is nothing else. */
export const dumpRows: Bench = {
  name: "dump-rows",
  title: "Rows with all that belongs to them",
  packages: "peers",
  async run(host, progress) {
    const figures: Figure[] = [];
    for (const name of Object.keys(servers) as (keyof typeof servers)[])
      figures.push(...(await measured(host, name, progress)));
    return figures;
  },
};

async function measured(
  host: TestHost,
  name: keyof typeof servers,
  progress: (text: string) => void,
): Promise<Figure[]> {
  const { unit, url, shell, sequence, half, day, peer } = servers[name];
  while ((await host.exec(["systemctl", "start", unit])).code !== 0);
  if (name === "PostgreSQL")
    while (
      !/exists|^$/.test(
        (await host.exec(["setpriv", "--reuid=postgres", "--clear-groups", "createuser", "--superuser", "root"]))
          .stderr,
      )
    );
  const ask = async (database: string, text: string) => {
    const { code, stderr } = await host.exec([...shell, database] as unknown as [string, ...string[]], text);
    if (code !== 0) throw new Error(stderr);
  };
  await ask(name === "MariaDB" ? "mysql" : "postgres", "CREATE DATABASE emp;");
  await ask(
    "emp",
    `CREATE TABLE employees (emp_no INT NOT NULL PRIMARY KEY, birth_date DATE NOT NULL, last_name VARCHAR(16) NOT NULL);
     CREATE TABLE salaries (emp_no INT NOT NULL, salary INT NOT NULL, from_date DATE NOT NULL, to_date DATE NOT NULL,
       PRIMARY KEY (emp_no, from_date), FOREIGN KEY (emp_no) REFERENCES employees (emp_no));
     INSERT INTO employees SELECT seq, '1953-09-02', 'Facello' FROM (SELECT ${sequence(100_000)}) s;
     INSERT INTO salaries SELECT 1 + (seq - 1) ${half} 9, 60000 + seq % 1000, ${day("seq % 9")}, '1999-01-01' FROM (SELECT ${sequence(900_000)}) s;
     ${name === "PostgreSQL" ? "ANALYZE;" : "ANALYZE TABLE employees, salaries;"}`,
  );
  progress(`a million rows in ${name}`);
  let file = 0;
  const command = (): [string, ...string[]] => [
    upkeep,
    "run",
    "dump-rows",
    "--from",
    url,
    "--table",
    "employees",
    "--to",
    `/root/${name}-${file++}.sql`,
  ];
  const own = await undisturbed(() => medianOf(3, () => host.must(...command())));
  const theirs = await undisturbed(() => medianOf(3, () => host.must(...(peer as unknown as [string, ...string[]]))));
  const memory = Number(await host.must(node, "/opt/upkeep/bench/dump-rows/peak.ts", ...command())) / 1024;
  progress(`${Math.round(own)} ms, ${peer[0]} ${Math.round(theirs)} ms; ${memory.toFixed(0)} MB`);
  return [
    {
      name: `dump-rows-${unit}`,
      says: `a row and everything that belongs to it, of ${name}, a million rows, whole command: so many times the rows a second`,
      value: theirs / own,
      unit: "times",
      goal: { atLeast: 0.5 },
      peer: peer[0],
      peerValue: theirs,
      ratio: theirs / own,
    },
    {
      name: `dump-rows-${unit}-memory`,
      says: "the same: memory, at most",
      value: memory,
      unit: "MB",
      goal: { atMost: 300 },
    },
  ];
}
