import { fileURLToPath } from "node:url";
import type { ClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";
import { readClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";
import { isMissing } from "./optional_program.ts";

/** A ClickHouse server that answers, and may be given statements. */
export interface ClickHouseServer extends AsyncDisposable {
  readonly settings: ClickHouseSettings;
  /** Runs one statement and returns its output as tab separated text; rejects with the server's text. */
  run(statement: string): Promise<string>;
}

const chdb = "chdb@3.4.0";
const installMs = 300_000;
const engine = fileURLToPath(new URL("clickhouse_engine.ts", import.meta.url));

/** Where this is set, a machine without the engine fails the tests rather than leaving them out. */
const needed = "BACKTEST_TESTS_NEED_CLICKHOUSE";

/** An engine that lives as long as the tests of one file. */
export interface SharedClickHouse {
  /** Whether the engine cannot be had; the reason is on stderr. */
  readonly ignore: boolean;
  /** The running engine; only while tests run. */
  readonly server: () => ClickHouseServer;
  /** What a process needs in its environment to ask the engine for candles of a database. */
  readonly env: (database: string) => Readonly<Record<string, string>>;
}

/** A real ClickHouse engine for the tests of the calling file. */
export async function sharedClickHouse(): Promise<SharedClickHouse> {
  const folder = await clickHouseEngine();
  let started: ClickHouseServer | undefined;
  const server = () => {
    if (!started) throw new Error("Cannot use the engine: it runs only while tests run");
    return started;
  };
  if (folder !== null) {
    Deno.test.beforeAll(async () => void (started = await startClickHouse(folder)));
    Deno.test.afterAll(async () => await started?.[Symbol.asyncDispose]());
  }
  return { ignore: folder === null, server, env: (database) => clickHouseEnv(server().settings, database) };
}

/** The `CH_*` variables that name a server and a database of it. */
export function clickHouseEnv(
  { host, port, user, password }: ClickHouseSettings,
  database: string,
): Readonly<Record<string, string>> {
  return {
    CH_HOST: host,
    CH_PORT: String(port),
    CH_USER: user,
    CH_PASSWORD: password,
    CH_DATABASE: database,
  };
}

/**
 * The folder the engine's package is in; null, with the reason on stderr, when it cannot be had. It is half a gigabyte
 * and of no use to anybody who runs a worker: so it is no dependency, but fetched once into the user's cache, or into
 * the project where that cannot be written.
 */
export async function clickHouseEngine(): Promise<string | null> {
  try {
    return await engineIn(userCache()).catch(async (error) => {
      if (error instanceof EngineError) throw error;
      return await engineIn(fileURLToPath(new URL("../../build/cache", import.meta.url)));
    });
  } catch (error) {
    if (Deno.env.get(needed)) throw error;
    const source = `\`npm install ${chdb}\`, with a network and half a gigabyte of room, has it`;
    console.error(`SKIPPED: ClickHouse's engine cannot be had (${(error as Error).message}); ${source}`);
    return null;
  }
}

function userCache(): string {
  return Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? Deno.cwd()}/.cache`;
}

async function engineIn(cache: string): Promise<string> {
  const folder = `${cache}/backtest-job-runner/${chdb}`;
  if (!await exists(`${folder}/node_modules/chdb`)) await install(folder);
  return folder;
}

/** Another folder would not help. */
class EngineError extends Error {}

async function install(folder: string): Promise<void> {
  await Deno.mkdir(folder.replace(/\/[^/]*$/, ""), { recursive: true });
  const making = await Deno.makeTempDir({ dir: folder.replace(/\/[^/]*$/, "") });
  try {
    await Deno.writeTextFile(`${making}/package.json`, `{"private":true}`);
    await fetchEngine(making);
    // it is made for some machines only: one that cannot run it leaves its tests out
    await using _ = await startClickHouse(making);
    await Deno.rename(making, folder);
  } catch (error) {
    await Deno.remove(making, { recursive: true });
    // another process was faster
    if (!await exists(`${folder}/node_modules/chdb`)) throw error;
  }
}

async function fetchEngine(folder: string): Promise<void> {
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", chdb];
  try {
    const { success } = await new Deno.Command("npm", {
      args: [...args, "--fetch-retry-mintimeout=1000"],
      cwd: folder,
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(installMs),
    }).output();
    if (success) return;
  } catch (error) {
    if (isMissing(error)) throw new EngineError("there is no npm on this machine");
    throw error;
  }
  throw new EngineError(`npm could not install ${chdb}`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** An engine in a process of its own. */
export interface StartedClickHouse extends ClickHouseServer {
  /** Ends it as a crash does, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts the engine in a process of its own, on a free port of loopback. */
export async function startClickHouse(folder: string): Promise<StartedClickHouse> {
  const [user, password] = ["reader", "secret"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-config", "--allow-all", engine, folder, user, password],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await lines.read()).value);
  if (!(port > 0)) throw new EngineError("it does not start on this machine");
  const env = { CH_HOST: "127.0.0.1", CH_PORT: String(port), CH_USER: user, CH_PASSWORD: password };
  const settings = { ...readClickHouseSettings(env), database: "default" };
  return {
    settings,
    run: (statement) => run(settings, statement),
    async kill() {
      child.kill("SIGKILL");
      await child.status;
    },
    async [Symbol.asyncDispose]() {
      await child.stdin.close().catch(() => {});
      await child.status;
      await lines.cancel();
    },
  };
}

/** The server `CH_HOST` names, if it is set. */
export function namedClickHouse(): ClickHouseServer | null {
  const env = Deno.env.toObject();
  if (env.CH_HOST === undefined) return null;
  const settings = { ...readClickHouseSettings(env), database: "default" };
  return {
    settings,
    run: (statement) => run(settings, statement),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function run(
  { secure, host, port, user, password, database }: ClickHouseSettings,
  statement: string,
): Promise<string> {
  const response = await fetch(
    `${secure ? "https" : "http"}://${host}:${port}/?database=${database}&default_format=TSV`,
    {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
      body: statement,
    },
  );
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
