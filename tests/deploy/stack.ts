import { watchText } from "../helpers/program.ts";
import {
  type Addresses,
  type Compose,
  composeFile,
  denoArguments,
  onThisMachine,
  type Service,
} from "./compose.ts";
import type { Image } from "./image.ts";

/** Secrets as `.env` has them. */
export const secrets = {
  POSTGRES_PASSWORD: "postgres-password",
  POSTGRES_OWNER_PASSWORD: "owner-password",
  POSTGRES_BACKTEST_PASSWORD: "backtest-password",
  CLICKHOUSE_PASSWORD: "clickhouse-password",
  GRAFANA_PASSWORD: "grafana-password",
  BACKTEST_JWT_SECRET: "0123456789abcdef0123456789abcdef",
};

/** What stands for the servers of compose.yaml. */
export interface Servers {
  /** DSN of a database that only has the roles of deploy/postgres. */
  readonly dsn: string;
  /** The `CH_*` variables of a ClickHouse. */
  readonly clickHouse: Readonly<Record<string, string>>;
  /** Free ports for API and worker. */
  readonly apiPort: number;
  readonly workerPort: number;
}

/** A service that runs. */
export interface Running extends AsyncDisposable {
  readonly process: Deno.ChildProcess;
  readonly stderr: () => string;
  saw(text: string): Promise<void>;
  /** Sends SIGTERM and returns the exit code. */
  stop(): Promise<number>;
}

/** How a service's command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Services of compose.yaml as processes: the image's files, user and environment, the service's command and variables. */
export interface Stack {
  readonly compose: Compose;
  /** Runs a service's command to its end; `command` in place of its own. */
  run(name: string, command?: readonly string[]): Promise<Ended>;
  start(name: string): Running;
  /** Runs a service's health check and returns the exit code. */
  check(name: string): Promise<number>;
}

/** The services of compose.yaml over servers of this machine. */
export async function composeStack(image: Image, servers: Servers): Promise<Stack> {
  const compose = await composeFile(secrets);
  const database = new URL(servers.dsn);
  const addresses: Addresses = {
    "postgres:5432": `localhost:${database.port}`,
    "clickhouse:8123": `localhost:${servers.clickHouse.CH_PORT}`,
    "0.0.0.0:8000": `127.0.0.1:${servers.apiPort}`,
    "0.0.0.0:9204": `127.0.0.1:${servers.workerPort}`,
    "127.0.0.1": "127.0.0.1",
  };
  const environment = (service: Service) => {
    const env: Record<string, string> = { ...service.environment };
    // the service's own role and password, on the server of this machine
    for (const name of ["STRATEGY_PG_DSN", "POSTGRES_DSN"]) {
      if (!(name in env)) continue;
      const own = new URL(env[name]!);
      env[name] =
        Object.assign(own, { host: `localhost:${database.port}`, pathname: database.pathname }).href;
    }
    if ("CH_HOST" in env) Object.assign(env, servers.clickHouse, { CH_HOST: "localhost" });
    return env;
  };
  const ports: Readonly<Record<string, readonly string[]>> = {
    api: ["--port", String(servers.apiPort)],
    worker: ["--metrics-port", String(servers.workerPort)],
  };
  const command = (name: string, own?: readonly string[]) => {
    const service = compose.services[name]!;
    const args = denoArguments(own ? { ...service, command: own } : service);
    return image.command([...onThisMachine(args, addresses), ...ports[name] ?? []], {
      env: environment(service),
    });
  };
  return {
    compose,
    async run(name, own) {
      const { code, stdout, stderr } = await command(name, own).output();
      const decoder = new TextDecoder();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    },
    start: (name) => running(command(name).spawn()),
    async check(name) {
      const [kind, program, ...args] = compose.services[name]!.healthcheck?.test ?? [];
      if (kind !== "CMD" || program !== "/bin/deno") {
        throw new Error(`${name} has no check that needs no shell`);
      }
      const here = args.map((arg) =>
        arg.replace(":8000/", `:${servers.apiPort}/`).replace(":9204/", `:${servers.workerPort}/`)
      );
      const { code, stderr } = await image.command(here).output();
      if (code !== 0) console.error(`${name} is not well: ${new TextDecoder().decode(stderr).trim()}`);
      return code;
    },
  };
}

function running(process: Deno.ChildProcess): Running {
  const watched = watchText(process.stderr);
  const out = new Response(process.stdout).text();
  const stop = async () => {
    try {
      process.kill("SIGTERM");
    } catch {
      // it has ended by itself
    }
    const [{ code }] = await Promise.all([process.status, watched.closed, out]);
    return code;
  };
  return {
    process,
    stderr: watched.text,
    saw: watched.saw,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
