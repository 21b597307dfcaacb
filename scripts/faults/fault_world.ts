import { SignJWT } from "jose";
import { BacktestClient } from "../../src/client/client.ts";
import { freePort } from "../../tests/helpers/free_port.ts";
import { type RunningProgram, startProgram } from "../../tests/helpers/program.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { soakCsv } from "../../tests/soak/soak_requests.ts";
import type { Route } from "./fault.ts";
import { undoneAtTheEnd } from "./leftovers.ts";

/** A process under test. */
export interface Subject {
  readonly name: string;
  readonly program: RunningProgram;
  /** Where it shows its metrics and whether it is ready. */
  readonly url: string;
  hasEnded(): boolean;
}

/** Two workers and an API that has users, on one database. */
export interface FaultWorld extends AsyncDisposable {
  readonly subjects: readonly Subject[];
  /** A client of a user of its own. `seen` is told of each answer; a request without one is given up after 40 s. */
  client(seen: (answer: ApiAnswer) => void): Promise<BacktestClient>;
}

/** How the API took a request. */
export interface ApiAnswer {
  /** Null: the connection failed, or there was no answer in time. */
  readonly status: number | null;
  /** Until the head of the answer. */
  readonly seconds: number;
}

/** Less than an outage, more than a busy machine keeps a worker from its heartbeat. */
const leaseSeconds = 5;
const workers = 2;
const patienceMs = 40_000;
const secret = "a secret that only these faults know, and long enough";

/** Starts the processes on the way to the database, and resolves when all are ready. */
export async function faultWorld({ dsn, within, apiHost = "127.0.0.1" }: Route): Promise<FaultWorld> {
  await using resources = new AsyncDisposableStack();
  const folder = resources.use(await temporaryFolder());
  await folder.write("candles/1/WALK.csv", soakCsv());
  const root = new URL("../../configs/", import.meta.url);
  const config = (await Deno.readTextFile(new URL("backtest.yaml", root)))
    .replace(/lease_seconds: \d+/, `lease_seconds: ${leaseSeconds}`)
    .replace(/heartbeat_seconds: \d+/, "heartbeat_seconds: 1")
    .replace(/max_threads: \d+/, "max_threads: 1")
    .replace(/max_active_jobs_per_user: \d+/, "max_active_jobs_per_user: 1000")
    .replace(/directory: [^\s,}]+/, `directory: ${folder.path}/candles`)
    .replace("auth: {", "auth: { mode: jwt,")
    .replace(/rate_limit: \{ requests: \d+/, "rate_limit: { requests: 100000000");
  const path = await folder.write("backtest.yaml", config);
  await folder.write("indicators.yaml", await Deno.readTextFile(new URL("indicators.yaml", root)));
  const options = {
    env: { STRATEGY_PG_DSN: dsn, ROEHUB_BACKTEST_CONFIG: path },
    ...(within ? { within } : {}),
  };
  const start = (name: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const program = startProgram(args, { ...options, env: { ...options.env, ...more } });
    resources.defer(() => program.ended().then(() => {}));
    resources.use(undoneAtTheEnd(() => killIfRunning(program)));
    let over = false;
    program.process.status.then(() => over = true);
    return { name, program, hasEnded: () => over };
  };
  const subjects: Subject[] = [];
  for (let n = 1; n <= workers; n++) {
    const port = freePort();
    const args = ["worker", "--metrics-port", String(port), "--metrics-host", apiHost];
    subjects.push({ ...start(`worker ${n}`, args), url: `http://${apiHost}:${port}` });
  }
  const api = start("api", ["api", "--host", apiHost, "--port", "0"], { BACKTEST_JWT_SECRET: secret });
  await Promise.all(subjects.map(({ program }) => program.saw("event=metrics_started")));
  await api.program.saw("event=api_started");
  const url = /event=api_started url=(\S+)/.exec(api.program.stderr())![1]!;
  subjects.push({ ...api, url });
  const kept = resources.move();
  return {
    subjects,
    async client(seen) {
      const token = await new SignJWT({}).setProtectedHeader({ alg: "HS256" })
        .setSubject(crypto.randomUUID()).setExpirationTime("1h").sign(new TextEncoder().encode(secret));
      return new BacktestClient({ baseUrl: url, token, fetch: (request) => timed(request, seen) });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function timed(request: Request, seen: (answer: ApiAnswer) => void): Promise<Response> {
  const startedMs = performance.now();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error("no answer in time")), patienceMs);
  let status: number | null = null;
  try {
    const response = await fetch(new Request(request, { signal: late.signal }));
    status = response.status;
    return response;
  } finally {
    clearTimeout(timer);
    seen({ status, seconds: (performance.now() - startedMs) / 1000 });
  }
}

function killIfRunning({ process }: RunningProgram): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // it has ended
  }
}
