import { freePort } from "../../tests/helpers/free_port.ts";
import { outputOf } from "../../tests/helpers/optional_program.ts";
import { type Pooler, startPgbouncer } from "../../tests/helpers/pgbouncer.ts";
import { runProgram } from "../../tests/helpers/program.ts";
import { type Fault, faultOf, type Route } from "./fault.ts";
import { pause } from "./pause.ts";

/** Enough for two workers and an API. */
const poolSize = 40;
const secret = "a secret that only these faults know, and long enough";

interface PoolerRoute extends Route {
  /** Ends the pooler with all its connections, and starts it again on its port after `ms`. */
  restart(ms: number): Promise<void>;
}

/** What a pooler between the processes and the database may do to them. */
export const poolerFaults: readonly Fault[] = [
  faultOf<PoolerRoute>({
    name: "pgbouncer restarted",
    injected: "pgbouncer in session mode ended and started again after 3 s, twice",
    obstacle: withoutPgbouncer,
    async lay({ dsn }, resources) {
      const options = { poolMode: "session", port: freePort(), poolSize } as const;
      let pooler: Pooler | null = await startPgbouncer(dsn, options);
      resources.defer(async () => void await pooler?.[Symbol.asyncDispose]());
      return {
        dsn: pooler.dsn,
        keepsSessions: true,
        async restart(ms) {
          await pooler?.[Symbol.asyncDispose]();
          pooler = null;
          await pause(ms);
          pooler = await startPgbouncer(dsn, options);
        },
      };
    },
    async strike({ route }) {
      for (let n = 0; n < 2; n++) {
        await route.restart(3000);
        await pause(2000);
      }
    },
    felt: /CONNECTION_CLOSED|ECONNREFUSED|ECONNRESET|closed the connection|ended by the other party/,
  }),
  {
    name: "pgbouncer, transaction mode",
    injected: "a worker and an API started behind it: each must end with 1 and one line that says what to do",
    obstacle: withoutPgbouncer,
    async strike({ server: { dsn } }) {
      await using pooler = await startPgbouncer(dsn, { poolMode: "transaction" });
      const env = { STRATEGY_PG_DSN: pooler.dsn, BACKTEST_JWT_SECRET: secret };
      for (const args of [["worker", "--metrics-port", String(freePort())], ["api", "--port", "0"]]) {
        const { code, stderr } = await runProgram(args, { env });
        const refused = code === 1 && /^Cannot use the database: .*pool_mode = session.*\n$/.test(stderr);
        if (!refused) throw new Error(`${args[0]} ended with ${code}: ${stderr.slice(0, 300)}`);
      }
    },
    felt: /./,
  },
];

async function withoutPgbouncer(): Promise<string | null> {
  const output = await outputOf("pgbouncer", ["--version"]);
  return output?.success ? null : "pgbouncer is not installed";
}
