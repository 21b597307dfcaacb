import { type Fault, outageMs } from "./fault.ts";
import type { FaultyServer } from "./faulty_server.ts";
import { pause } from "./pause.ts";

const lost = /CONNECTION_CLOSED|CONNECTION_ENDED|ECONNREFUSED|ECONNRESET|57P0\d|terminating connection|shut/i;

/** Nothing at all: what the others are held against. */
export const undisturbed: Fault = {
  name: "none",
  injected: "nothing, for comparison",
  strike: () => Promise.resolve(),
  felt: /./,
};

/** What befalls the server itself. */
export const serverFaults: readonly Fault[] = [
  {
    name: "restart",
    injected: "Postgres shut down (fast) and started again after 2 s, twice",
    async strike({ server }) {
      for (let n = 0; n < 2; n++) {
        await server.stop();
        await pause(2000);
        await server.start();
      }
    },
    felt: lost,
  },
  {
    name: "postmaster killed",
    injected: "kill -9 of the postmaster, started again over the same data after 3 s",
    async strike({ server }) {
      await server.killPostmaster();
      await pause(3000);
      await server.start();
    },
    felt: lost,
  },
  {
    name: "backends killed",
    injected:
      "kill -9 of a worker's or the API's backend, three times 2 s apart: the server takes all sessions down",
    async strike({ server }) {
      for (let n = 0; n < 3; n++) {
        await server.admin(async (sql) => {
          const [session] = await sql<{ readonly pid: number }[]>`
            SELECT pid FROM pg_stat_activity WHERE usename = 'backtest' ORDER BY random() LIMIT 1`;
          if (session) Deno.kill(session.pid, "SIGKILL");
        });
        await pause(2000);
      }
    },
    felt: lost,
  },
  {
    name: "read-only server",
    injected: `default_transaction_read_only = on for ${outageMs / 1000} s, also in open sessions`,
    async strike({ server }) {
      await setReadOnly(server, "on");
      await pause(outageMs);
      await setReadOnly(server, "off");
    },
    felt: /read-only transaction/,
  },
  {
    name: "standby",
    injected: `started again as a hot standby, promoted after ${outageMs / 1000} s`,
    server: { settings: { wal_level: "replica", max_wal_senders: 2 } },
    async strike({ server }) {
      await server.stop();
      await Deno.writeTextFile(`${server.cluster.data}/standby.signal`, "");
      await server.start();
      await pause(outageMs);
      await server.admin((sql) => sql`SELECT pg_promote()`);
    },
    felt: /read-only transaction|during recovery/,
  },
];

async function setReadOnly(server: FaultyServer, value: "on" | "off"): Promise<void> {
  await server.admin(async (sql) => {
    await sql.unsafe(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
    await sql`SELECT pg_reload_conf()`;
  });
}
