import { findServerUser } from "../../src/adapters/postgres/embedded_user.ts";
import { refusal, run, runNow } from "./command.ts";
import { type Fault, outageMs } from "./fault.ts";
import { undoneAtTheEnd } from "./leftovers.ts";
import { pause } from "./pause.ts";

const diskMb = 160;

/** A disk that is full: the server's data are on a file system of memory, all of whose rest is taken. */
export const diskFault: Fault = {
  name: "full disk",
  injected: `all of the rest of a ${diskMb} MB tmpfs with the data directory taken for ${outageMs / 1000} s`,
  async obstacle() {
    const probe = await Deno.makeTempDir();
    try {
      const refused = await refusal("no right to mount", () => mount(probe, 1));
      if (refused === null) await run("umount", probe);
      return refused;
    } finally {
      await Deno.remove(probe);
    }
  },
  server: {
    settings: { max_wal_size: "48MB", min_wal_size: "32MB" },
    async prepare(directory) {
      await mount(directory, diskMb);
      return undoneAtTheEnd(() => runNow("umount", "--lazy", directory));
    },
  },
  async strike({ server }) {
    const ballast = `${server.cluster.directory}/ballast`;
    await server.admin((sql) => sql`CHECKPOINT`);
    await fill(ballast);
    await pause(outageMs);
    await Deno.remove(ballast);
    // one that could not write its log any more has ended by itself
    if (!await server.isRunning()) {
      await server.stop();
      await server.start();
    }
  },
  felt: /No space left on device|53100|57P0\d|CONNECTION_CLOSED|ECONNREFUSED/,
};

async function mount(directory: string, megabytes: number): Promise<void> {
  const user = await findServerUser();
  const owner = user === null ? "" : `,uid=${user.uid},gid=${user.gid}`;
  await run(
    "mount",
    "-t",
    "tmpfs",
    "-o",
    `size=${megabytes}m,mode=700${owner}`,
    "backtest-faults",
    directory,
  );
}

/** Takes all there is; page by page, as the last ones do not hold a large block. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  for (const block of [new Uint8Array(1 << 20), new Uint8Array(1 << 12)]) {
    try {
      for (;;) await file.write(block);
    } catch (error) {
      if (!/os error 28/.test(String(error))) throw error;
    }
  }
}
