import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { repositoryInHost } from "./directory.ts";
import { bootHost, cutHost, type LabHost, startHost, stopHost } from "./host.ts";
import { keepJournals } from "./journals.ts";
import type { PackageSet } from "./packages.ts";
import { type LabRelease, usualRelease } from "./releases.ts";
import type { Ran } from "./run.ts";
import { type BootOptions, closeWorld, type Make, makeOf, openWorld } from "./world.ts";

/** A lab for a test: its hosts by name. Whatever becomes of the test's process, nothing of the lab outlives it. */
export interface Lab<Name extends string> {
  readonly hosts: Readonly<Record<Name, TestHost>>;
  /** Switches a host off in good order. */
  off(name: Name): Promise<void>;
  /** Takes its power away. */
  cut(name: Name): Promise<void>;
  /** Switches it on again; it is another host to talk to then. */
  boot(name: Name): Promise<TestHost>;
  close(): void;
}

/** What hosts of a lab are made of; releases by name where they differ. */
export interface LabOptions<Name extends string> {
  readonly packages?: PackageSet | undefined;
  readonly release?: LabRelease;
  readonly releases?: Partial<Readonly<Record<Name, LabRelease>>>;
}

/** `await openLab({ web1: "apache2", web2: "nginx" }, { packages: "full" })` */
export async function openLab<Name extends string>(
  servers: Readonly<Record<Name, BootOptions["server"]>>,
  { packages, release = usualRelease, releases = {} }: LabOptions<Name> = {},
): Promise<Lab<Name>> {
  const names = Object.keys(servers) as Name[];
  const releaseOf = (name: Name) => releases[name] ?? release;
  const makes = new Map<LabRelease, Make>();
  for (const each of new Set(names.map(releaseOf))) makes.set(each, await makeOf({ release: each, packages }));
  const world = await openWorld();
  try {
    const hosts = await Promise.all(
      names.map((name, index) =>
        bootHost(world, makes.get(releaseOf(name))!, name, 10 + index, { server: servers[name] }),
      ),
    );
    return {
      hosts: Object.fromEntries(hosts.map((host) => [host.name, forTests(host)])) as Record<Name, TestHost>,
      off: (name) => stopHost(hosts[names.indexOf(name)]!),
      cut: (name) => cutHost(hosts[names.indexOf(name)]!),
      async boot(name) {
        const index = names.indexOf(name);
        hosts[index] = await startHost(world.keeper, releaseOf(name), name, 10 + index);
        return forTests(hosts[index]);
      },
      close() {
        keepJournals(hosts);
        closeWorld(world);
      },
    };
  } catch (error) {
    closeWorld(world);
    throw error;
  }
}

export interface Answered {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly data?: string;
  /** Further arguments of curl(1). */
  readonly args?: readonly string[];
}

/** What tests do with a host. */
export interface TestHost extends LabHost {
  upkeep(...args: string[]): Promise<Ran>;
  /** Applies YAML given as text. */
  apply(yaml: string, ...args: string[]): Promise<Ran>;
  /** Asks the host's own web server for an address, whatever its name resolves to elsewhere. */
  ask(url: string, options?: AskOptions): Promise<Answered>;
  /** Runs a program that has to succeed and returns what it prints. */
  must(...argv: [string, ...string[]]): Promise<string>;
  write(path: string, content: string, mode?: number): void;
  /** Waits until something answers on a port of the host's own. */
  answers(port: number): Promise<void>;
  /** Makes a key and a certificate for a name, signed by itself: `/etc/ssl/<stem>.key` and `.pem`. */
  certificate(stem: string, name: string): Promise<void>;
}

/** A booted host with what tests and benchmarks do with one. */
export function forTests(host: LabHost): TestHost {
  const upkeep = `${repositoryInHost}/upkeep`;
  const must: TestHost["must"] = async (...argv) => {
    const { code, stdout, stderr } = await host.exec(argv);
    if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  };
  return {
    ...host,
    upkeep: (...args) => host.exec([upkeep, ...args]),
    apply: (yaml, ...args) => host.exec([upkeep, "apply", "-", ...args], yaml),
    ask: (url, options) => ask(host, url, options),
    must,
    async answers(port) {
      const patience = ["--retry", "100", "--retry-connrefused", "--retry-delay", "1"];
      await must("curl", "--silent", "--output", "/dev/null", ...patience, `http://127.0.0.1:${port}/`);
    },
    async certificate(stem, name) {
      const files = ["-keyout", `/etc/ssl/${stem}.key`, "-out", `/etc/ssl/${stem}.pem`];
      await must(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        `/CN=${name}`,
        ...files,
      );
    },
    write(path, content, mode = 0o644) {
      mkdirSync(dirname(host.path(path)), { recursive: true });
      writeFileSync(host.path(path), content, { mode });
    },
  };
}

/** Repeated headers are one list, in which empty elements mean nothing (RFC 9110, 5.6.1). */
function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    if (value !== "") headers[name] = headers[name] ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

async function ask(
  host: LabHost,
  url: string,
  { method = "GET", headers = {}, user, data, args = [] }: AskOptions = {},
): Promise<Answered> {
  const { hostname, port, protocol } = new URL(url);
  const { code, stdout, stderr } = await host.exec([
    "curl",
    "--silent",
    "--show-error",
    "--include",
    "--insecure",
    "--max-time",
    "20",
    "--path-as-is",
    "--resolve",
    `${hostname}:${port || (protocol === "https:" ? 443 : 80)}:127.0.0.1`,
    ...(method === "HEAD" ? ["--head"] : ["--request", method]),
    ...Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
    ...(user ? ["--user", user] : []),
    ...(data === undefined ? [] : ["--data-binary", data]),
    ...args,
    url,
  ]);
  if (code !== 0) throw new Error(`curl ${url} ended with ${code}: ${stderr}`);
  const end = stdout.indexOf("\r\n\r\n");
  const [first = "", ...lines] = stdout.slice(0, end).split("\r\n");
  return {
    status: Number(first.split(" ")[1]),
    headers: headersOf(lines),
    body: stdout.slice(end + 4),
  };
}
