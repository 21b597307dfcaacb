import type { ClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";
import { readClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";

/** A ClickHouse server that answers, and may be given statements. */
export interface ClickHouseServer extends AsyncDisposable {
  readonly settings: ClickHouseSettings;
  /** Runs one statement; rejects with the server's text. */
  run(statement: string): Promise<void>;
}

const chdb = "chdb@3.4.0";
const installMs = 300_000;
const engine = new URL("clickhouse_engine.ts", import.meta.url).pathname;

/**
 * The folder the engine's package is in; null, with the reason on stderr, when it cannot be had. It is half a gigabyte
 * and of no use to anybody who runs a worker: so it is no dependency, but fetched once into the user's cache.
 */
export async function clickHouseEngine(): Promise<string | null> {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? Deno.cwd()}/.cache`;
  const folder = `${cache}/backtest-job-runner/${chdb}`;
  try {
    if (!await exists(`${folder}/node_modules/chdb`)) await install(folder);
    return folder;
  } catch (error) {
    console.error(`SKIPPED: ClickHouse's engine cannot be had (${(error as Error).message})`);
    return null;
  }
}

async function install(folder: string): Promise<void> {
  await Deno.mkdir(folder.replace(/\/[^/]*$/, ""), { recursive: true });
  const making = await Deno.makeTempDir({ dir: folder.replace(/\/[^/]*$/, "") });
  try {
    await Deno.writeTextFile(`${making}/package.json`, `{"private":true}`);
    const { success } = await new Deno.Command("npm", {
      args: ["install", "--ignore-scripts", "--no-audit", "--no-fund", chdb],
      cwd: making,
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(installMs),
    }).output();
    if (!success) throw new Error(`npm could not install ${chdb}`);
    await Deno.rename(making, folder);
  } catch (error) {
    await Deno.remove(making, { recursive: true });
    // another process was faster
    if (!await exists(`${folder}/node_modules/chdb`)) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Starts the engine in a process of its own, on a free port of loopback. */
export async function startClickHouse(folder: string): Promise<ClickHouseServer> {
  const [user, password] = ["reader", "secret"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-config", "--allow-all", engine, folder, user, password],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await lines.read()).value);
  if (!(port > 0)) throw new Error("ClickHouse's engine did not start");
  const env = { CH_HOST: "127.0.0.1", CH_PORT: String(port), CH_USER: user, CH_PASSWORD: password };
  const settings = { ...readClickHouseSettings(env), database: "default" };
  return {
    settings,
    run: (statement) => run(settings, statement),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
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
): Promise<void> {
  const response = await fetch(`${secure ? "https" : "http"}://${host}:${port}/?database=${database}`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
    body: statement,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
}
