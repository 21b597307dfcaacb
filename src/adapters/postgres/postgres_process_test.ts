import assert from "node:assert/strict";
import { type Binaries, locateBinaries } from "./embedded_binaries.ts";
import { createTemporaryCluster } from "./embedded_cluster.ts";
import { findServerUser } from "./embedded_user.ts";
import { startPostgres } from "./postgres_process.ts";

const taken = "LOG:  could not bind IPv4 address: Address already in use";

interface Stage {
  readonly path: string;
  /** A program in place of the server's. */
  program(name: string, lines: readonly string[]): Promise<Binaries>;
  /** How often a program has left its mark. */
  starts(): Promise<number>;
}

/** A folder with programs that stand for the server; each leaves a mark when it is started. */
async function onStage(run: (stage: Stage) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "backtest-test-" });
  try {
    // as root the server runs as nobody, who must be able to leave marks
    await Deno.chmod(path, 0o777);
    await Deno.mkdir(`${path}/cluster`);
    await run({
      path,
      async program(name, lines) {
        const postgres = `${path}/${name}`;
        const mark = `echo >>"${path}/starts"`;
        await Deno.writeTextFile(postgres, ["#!/bin/sh", mark, ...lines, ""].join("\n"), { mode: 0o755 });
        return { postgres, initdb: "/bin/false" };
      },
      starts: async () => (await Deno.readTextFile(`${path}/starts`)).length,
    });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** Time that passes at once, and is kept in ms. */
function passing() {
  const passed: number[] = [];
  const wait = (ms: number) => {
    passed.push(ms);
    return new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { wait, pauses: () => passed.filter((ms) => ms >= 100) };
}

const fakeCluster = (path: string) => ({
  directory: path,
  data: `${path}/cluster`,
  password: "x",
  temporary: false,
});

Deno.test("startPostgres() gives a port or folder that is still taken 2 s to be free, and then says what holds it", async () => {
  const held = 'FATAL:  lock file "postmaster.pid" already exists';
  for (
    const [line, why] of [[taken, /the server ended at once/], [
      held,
      /another process uses the folder/,
    ]] as const
  ) {
    await onStage(async ({ path, program, starts }) => {
      const binaries = await program("postgres", [`echo '${line}' >&2`, "exit 1"]);
      const { wait, pauses } = passing();
      const start = startPostgres({ binaries, user: null, cluster: fakeCluster(path), wait });
      await assert.rejects(start, (error: Error) => why.test(error.message) && error.message.includes(line));
      assert.equal(await starts(), 8);
      assert.deepEqual(pauses(), Array(7).fill(250));
    });
  }
});

Deno.test("startPostgres() tries a server that ends for another reason once", async () => {
  await onStage(async ({ path, program, starts }) => {
    const binaries = await program("postgres", ["echo 'FATAL:  no such file' >&2", "exit 1"]);
    const { wait, pauses } = passing();
    await assert.rejects(startPostgres({ binaries, user: null, cluster: fakeCluster(path), wait }), {
      message: "the server ended at once (FATAL:  no such file)",
    });
    assert.equal(await starts(), 1);
    assert.deepEqual(pauses(), []);
  });
});

Deno.test("startPostgres() gives a server that is silent half a minute, no more and no less", async () => {
  await onStage(async ({ path, program, starts }) => {
    const binaries = await program("postgres", [`while [ ! -e "${path}/end" ]; do sleep 0.01; done`]);
    let waitedMs = 0;
    const wait = async (ms: number) => {
      waitedMs += ms;
      // what ends by itself then is told from what is asked to end
      if (waitedMs === 30_000) await Deno.writeTextFile(`${path}/end`, "");
    };
    const start = startPostgres({ binaries, user: null, cluster: fakeCluster(path), wait });
    await assert.rejects(start, { message: "no answer in 30 s (no output)" });
    assert.deepEqual([waitedMs, await starts()], [30_000, 1]);
  });
});

Deno.test("startPostgres() waits through every pause, between attempts and between looks", async () => {
  const broken = new Error("no time passes here");
  await onStage(async ({ path, program, starts }) => {
    const binaries = await program("postgres", [`echo '${taken}' >&2`, "exit 1"]);
    const wait = (ms: number) => ms < 100 ? Promise.resolve() : Promise.reject(broken);
    await assert.rejects(startPostgres({ binaries, user: null, cluster: fakeCluster(path), wait }), broken);
    assert.equal(await starts(), 1);
  });
  await onStage(async ({ path, program }) => {
    const binaries = await program("postgres", [`while [ ! -e "${path}/end" ]; do sleep 0.01; done`]);
    const wait = async () => {
      await Deno.writeTextFile(`${path}/end`, "");
      throw broken;
    };
    const start = startPostgres({ binaries, user: null, cluster: fakeCluster(path), wait });
    await assert.rejects(start, { message: /^no time passes here/ });
  });
});

Deno.test("a server that starts at the third attempt works, and is down with its folder gone when stop() is done", async () => {
  const user = await findServerUser();
  const real = await locateBinaries(user);
  const cluster = await createTemporaryCluster(real, user);
  await onStage(async ({ path, program, starts }) => {
    const binaries = await program("postgres", [
      `if [ $(wc -l <"${path}/starts") -lt 3 ]; then echo '${taken}' >&2; exit 1; fi`,
      `exec "${real.postgres}" "$@"`,
    ]);
    const kept = { ...cluster, temporary: false };
    const server = await startPostgres({ binaries, user, cluster: kept });
    assert.equal(await starts(), 3);
    await Deno.stat(`${cluster.data}/postmaster.pid`);
    await server.stop();
    await assert.rejects(Deno.stat(`${cluster.data}/postmaster.pid`), Deno.errors.NotFound);
    const again = await startPostgres({ binaries: real, user, cluster });
    await again.stop();
    await assert.rejects(Deno.stat(cluster.directory), Deno.errors.NotFound);
  });
});
