import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../../lab/lab.ts";
import { differences, type Picture, pictureOf } from "./picture.ts";
import { placesOf } from "./places.ts";
import { type Left, type Spec, type Stated, type Subject, yamlOf } from "./subject.ts";

interface Planned {
  readonly changes: readonly {
    readonly verb: string;
    /** `file:/etc/x` */
    readonly key: string;
    readonly because: readonly string[];
  }[];
  readonly reloads: readonly string[];
  readonly starts: readonly string[];
}

/** What stays of Upkeep itself when a record goes. */
const upkeepLeaves: readonly Left[] = [
  { name: /^\/etc\/upkeep$/, because: "the host's owner states its policy there" },
  {
    name: /^(passwd|group|shadow|gshadow) upkeep-(watch|notify)$/,
    because: "an account's number, which files may still have, must not become somebody else's",
  },
  { name: /^table inet upkeep_bans$/, because: "who is banned stays so for their time" },
];

/** What this host wrote and may have to write back, and what somebody edited: root's alone, as the files themselves are. */
const ownMemory = /^\/var\/lib\/upkeep\/(host\.db(-wal)?|kept\/.*)$/;

/** What every kind has to show, on a host where others were first and have things of their own. */
export function behavesLikeKind(title: string, subject: Subject): void {
  const { kind, name, good, changed, neighbour } = subject;
  const ref = `${kind}/${name}`;
  const leavings = [...(subject.leaves ?? []), ...upkeepLeaves].map((each) => each.name);
  const moving = subject.moves ?? [];

  describe(title, () => {
    let lab: Lab<"web1">;
    let host: TestHost;
    /** Before Upkeep, and before the first record of this kind. */
    let untouched: Picture;
    let former: Picture;

    const record = (spec: Spec, called = name): Stated => ({ kind, name: called, spec });
    async function applied(...records: readonly Stated[]): Promise<string> {
      const { code, stdout, stderr } = await host.apply(yamlOf(...records));
      assert.equal(code, 0, stdout.slice(-3_000) + stderr);
      return stdout;
    }
    async function planned(...records: readonly Stated[]): Promise<Planned & { readonly code: number }> {
      const { code, stdout, stderr } = await host.exec(
        ["/opt/upkeep/upkeep", "plan", "-", "--json"],
        yamlOf(...records),
      );
      assert.equal(stderr, "");
      return { code, ...(JSON.parse(stdout) as Planned) };
    }
    const conditionOf = async (called = name) => {
      const { stdout } = await host.upkeep("get", kind);
      return new RegExp(`^${kind}/${called.replaceAll(".", "\\.")} +(\\w+)`, "m").exec(stdout)?.[1];
    };
    const generations = async () =>
      (JSON.parse((await host.upkeep("history", "--json")).stdout) as readonly { number: number }[]).length;
    const isAsIn = async (picture: Picture, allowed: readonly RegExp[] = []) =>
      assert.deepEqual(differences(picture, await pictureOf(host), [...moving, ...allowed]), {});

    before(async () => {
      lab = await openLab({ web1: subject.server ?? "none" }, { packages: subject.packages });
      host = lab.hosts.web1;
      for (const [path, content] of Object.entries(subject.others)) host.write(path, content);
      await subject.prepare?.(host);
      untouched = await pictureOf(host);
      // One after the other, the last first: in another order than their files are read in.
      for (const stated of subject.before) await applied(stated);
      former = await pictureOf(host);
    });
    after(() => lab?.close());

    test("a record that its schema does not allow is refused at its line, and nothing is written", async () => {
      host.write("/root/refused.yaml", yamlOf(record(subject.refused.spec)));
      const count = await generations();
      const { code, stdout, stderr } = await host.upkeep("apply", "/root/refused.yaml");
      assert.equal(code, 1, stdout);
      assert.match(stderr, new RegExp(`/root/refused\\.yaml:\\d+:\\d+: ${kind}/`));
      assert.match(stderr, subject.refused.says);
      await host.must("rm", "/root/refused.yaml");
      await isAsIn(former);
      assert.deepEqual([await generations(), await conditionOf()], [count, undefined]);
    });

    test("the plan says what will be, and nothing is written", async () => {
      const { code, changes } = await planned(record(good));
      assert.equal(code, 2);
      assert.ok(changes.length > 0 && changes.every(({ because }) => because.length > 0), JSON.stringify(changes));
      await isAsIn(former);
    });

    test("applied, it is there for the world to notice", async () => {
      await applied(record(good));
      await subject.isThere(host);
      assert.equal(await conditionOf(), "Applied");
    });

    test("applied again, there is nothing to do", async () => {
      const [picture, count] = [await pictureOf(host), await generations()];
      const { code, changes, reloads, starts } = await planned(record(good));
      assert.deepEqual({ code, changes, reloads, starts }, { code: 0, changes: [], reloads: [], starts: [] });
      assert.match(await applied(record(good)), /^Nothing to change\.$/m);
      await isAsIn(picture);
      assert.equal(await generations(), count);
    });

    test("one more of the kind changes nothing of it", async () => {
      const { changes } = await planned(record(neighbour.spec, neighbour.name));
      assert.deepEqual(
        changes.filter(({ because }) => because.length === 1 && because[0] === ref),
        [],
      );
      await applied(record(neighbour.spec, neighbour.name));
      await subject.isThere(host);
      assert.deepEqual([await conditionOf(), await conditionOf(neighbour.name)], ["Applied", "Applied"]);
    });

    test("a change touches exactly what the plan says", async () => {
      const { code, changes } = await planned(record(changed));
      assert.equal(code, 2);
      const picture = await pictureOf(host);
      await applied(record(changed));
      await subject.isChanged(host);
      const files = changes.map(({ key }) => key.slice(key.indexOf(":") + 1)).filter((path) => path.startsWith("/"));
      const touched = Object.keys(differences(picture, await pictureOf(host), moving));
      const isPlanned = (path: string) => files.some((file) => file === path || path.startsWith(`${file}/`));
      assert.deepEqual(
        touched.filter((path) => path.startsWith("/") && !isPlanned(path)),
        [],
        `planned: ${files.join(" ")}`,
      );
      assert.notDeepEqual(touched, []);
    });

    if (subject.quarantined) {
      const { spec, says } = subject.quarantined;
      test("what the daemon refuses is set aside with its words; the former stays, and a neighbour goes live", async () => {
        const other = `other-${name}`;
        const { code, stdout, stderr } = await host.apply(yamlOf(record(spec), record(neighbour.spec, other)));
        assert.equal(code, 3, stdout + stderr);
        assert.match(stdout, says);
        assert.deepEqual([await conditionOf(), await conditionOf(other)], ["Quarantined", "Applied"]);
        await subject.isChanged(host);
        await applied(record(changed));
        assert.equal((await host.upkeep("delete", kind, other)).code, 0);
        assert.equal(await conditionOf(), "Applied");
      });
    }

    test("a rollback brings back every byte", async () => {
      const picture = await pictureOf(host);
      await applied(record(good));
      await subject.isThere(host);
      const { code, stdout, stderr } = await host.upkeep("rollback");
      assert.equal(code, 0, stdout + stderr);
      await isAsIn(picture);
      await subject.isChanged(host);
      assert.deepEqual(await conditionOf(), "Applied");
    });

    test("an edit by hand is shown, kept, and put right by the next apply", async () => {
      const picture = await pictureOf(host);
      const { changes } = await planned(record(good));
      const file = changes
        .find(({ key, verb }) => key.startsWith("file:") && verb === "update")
        ?.key.slice("file:".length);
      assert.ok(file, `no file of it to edit: ${JSON.stringify(changes)}`);
      appendFileSync(host.path(file), "# edited-by-hand\n");
      const shown = await host.upkeep("diff");
      assert.equal(shown.code, 2);
      assert.ok(shown.stdout.includes(file), shown.stdout);
      const { code, stdout, stderr } = await host.upkeep("apply");
      assert.equal(code, 0, stdout + stderr);
      await isAsIn(picture);
      assert.notDeepEqual(await placesOf(host, "edited-by-hand", ["/var/lib/upkeep/kept"]), []);
      assert.equal((await host.upkeep("diff")).code, 0);
    });

    if (subject.secret) {
      const { plain, mayStandIn } = subject.secret;
      test("its secret stands where it must, and nowhere else", async () => {
        await applied(record(good));
        const places = await placesOf(host, plain, ["/etc", "/var", "/usr/local", "/home", "/root", "/run", "/tmp"]);
        assert.deepEqual(
          places.filter((path) => ![...mayStandIn, ownMemory].some((each) => each.test(path))),
          [],
        );
        assert.ok(
          places.some((path) => mayStandIn.some((each) => each.test(path))),
          "it was not even found where it must be",
        );
        assert.equal((await host.must("stat", "--format=%a %U", "/var/lib/upkeep")).trim(), "700 root");
        for (const args of [
          ["get", "-o", "yaml"],
          ["get", kind, name],
          ["get", "--json"],
          ["plan", "--json"],
          ["events", "--json"],
          ["history", "--json"],
          ["history", "--audit", "--json"],
          ["diff", "--json"],
          ["status", "--json"],
        ]) {
          const { code, stdout, stderr } = await host.upkeep(...args);
          assert.ok(code === 0 && stdout !== "", `upkeep ${args.join(" ")} ended with ${code}: ${stderr}`);
          assert.ok(!(stdout + stderr).includes(plain), `upkeep ${args.join(" ")} shows it`);
        }
        const toShow = await host.exec(["/opt/upkeep/upkeep", "plan", "-"], yamlOf(record(changed)));
        assert.ok(toShow.code === 2 && !toShow.stdout.includes(plain), toShow.stdout + toShow.stderr);
        assert.ok(!(await host.must("journalctl", "--no-pager", "--output=cat")).includes(plain), "the journal has it");
        await applied(record(changed));
      });
    }

    test("after a reboot it is still so, and nothing is to be done", async () => {
      const picture = await pictureOf(host);
      await lab.off("web1");
      host = await lab.boot("web1");
      await subject.isChanged(host);
      const { code, stdout } = await host.upkeep("plan");
      assert.equal(code, 0, stdout);
      await isAsIn(picture);
    });

    test("removed, it is gone, and what is of others is as it was", async () => {
      for (const called of [neighbour.name, name]) {
        const { code, stdout, stderr } = await host.upkeep("delete", kind, called);
        assert.equal(code, 0, stdout + stderr);
      }
      await subject.isGone(host);
      assert.equal(await conditionOf(), undefined);
      await isAsIn(former, leavings);
    });

    test("with the last record gone, the host is as it was before Upkeep came", async () => {
      for (const { kind: each, name: called } of subject.before.toReversed()) {
        const { code, stdout, stderr } = await host.upkeep("delete", each, called);
        assert.equal(code, 0, stdout + stderr);
      }
      await isAsIn(untouched, leavings);
    });
  });
}
