import postgres from "postgres";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { type Fault, outageMs } from "./fault.ts";
import type { FaultyServer } from "./faulty_server.ts";
import { pause } from "./pause.ts";

const stormMs = 6000;
const everyMs = 100;
const locks = 3;
/** `max_connections` of the server whose seats are taken. */
const seats = 40;
/** Those that `superuser_reserved_connections` keeps from the role. */
const reserved = 3;
const fillMs = 20_000;
/** What the server's list of sessions calls those that take the seats. */
const greedyName = "greedy";

/** What befalls sessions and tables while the server goes on. */
export const sessionFaults: readonly Fault[] = [
  {
    name: "sessions terminated",
    injected: `pg_terminate_backend of every session each ${everyMs} ms for ${stormMs / 1000} s`,
    async strike({ server }) {
      await server.admin(async (sql) => {
        for (const end = performance.now() + stormMs; performance.now() < end;) {
          await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'backtest'`;
          await pause(everyMs);
        }
      });
    },
    felt: /57P01|terminating connection|CONNECTION_CLOSED/,
  },
  {
    name: "no connection left",
    injected: `all sessions ended and every seat of max_connections taken for ${outageMs / 1000} s`,
    server: { settings: { max_connections: seats } },
    strike: ({ server }) => withoutSeats(server, () => pause(outageMs)),
    felt: /53300|too many clients|remaining connection slots/,
  },
  {
    name: "lock",
    injected: `ACCESS EXCLUSIVE lock on the jobs for ${outageMs / 1000} s, more than a lease, ${locks} times`,
    async strike({ server }) {
      for (let n = 0; n < locks; n++) {
        await server.admin(async (sql) => {
          await sql.begin(async (tx) => {
            await tx`SET LOCAL idle_in_transaction_session_timeout = 0`;
            await tx`LOCK TABLE backtest_jobs IN ACCESS EXCLUSIVE MODE`;
            await pause(outageMs);
          });
        });
        await pause(1000);
      }
    },
    felt: /lease_lost|claim_failed|heartbeat_failed|no answer within/,
  },
];

/** Holds all the connections that the role of workers and APIs may open; throws when some could not be had. */
async function withoutSeats(server: FaultyServer, work: () => Promise<void>): Promise<void> {
  const greedy = postgres(server.dsn, {
    max: seats - reserved,
    fetch_types: false,
    connection: { application_name: greedyName },
  });
  let over = false;
  const hold = async () => {
    while (!over) await greedy`SELECT pg_sleep(29)`.catch(() => pause(everyMs));
  };
  const holding = Array.from({ length: seats - reserved }, hold);
  try {
    await server.admin(untilFull);
    await work();
  } finally {
    over = true;
    await server.admin((sql) =>
      sql`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = ${greedyName}`
    );
    await Promise.all(holding);
    await greedy.end({ timeout: 0 });
  }
}

/** Ends the sessions of all others until none has a seat. */
async function untilFull(sql: Sql): Promise<void> {
  for (const end = performance.now() + fillMs; performance.now() < end;) {
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE usename = 'backtest' AND application_name <> ${greedyName}`;
    const [{ held }] = await sql<[{ readonly held: number }]>`
      SELECT count(*)::int AS held FROM pg_stat_activity
      WHERE application_name = ${greedyName}`;
    // one seat is this session's
    if (held >= seats - reserved - 1) return;
    await pause(everyMs);
  }
  throw new Error("not every seat could be taken");
}
