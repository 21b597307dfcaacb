import { startProgram } from "./program.ts";
import { taskPermissions } from "./task_permissions.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, root));

/** An API process of one local user on any free port. */
export interface LocalApi extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Everything on stderr so far. */
  stderr(): string;
  /** Resolves when the log holds a text; rejects when the process ends before. */
  saw(text: string): Promise<void>;
  /** Tells it to stop and waits for its end. */
  stop(): Promise<{ readonly code: number; readonly stderr: string; readonly stdout: string }>;
}

/** What a local API is started with. */
export interface LocalApiOptions {
  /** With jobs it needs `STRATEGY_PG_DSN` in `env`. */
  readonly jobs?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Candle files below the candle folder; the example's daily bars are in `9/SPX.csv`. */
  readonly candles?: Readonly<Record<string, string>>;
  /** Lines put into the section `api`. */
  readonly api?: readonly string[];
  /** Of synchronous runs; the 55 s of the development config unless given. */
  readonly deadlineSeconds?: number;
  /** Names what it may read, as a container does, in place of everything until the config was read. */
  readonly namedPaths?: boolean;
}

const ownFolders = "assembly,build,configs,node_modules,src";

/** Starts `api` with the rights of its task, one compute thread and a config of its own. */
export async function localApi(options: LocalApiOptions = {}): Promise<LocalApi> {
  const { jobs = false, env = {}, candles = {}, api = [], deadlineSeconds = 55, namedPaths = false } =
    options;
  const folder = await temporaryFolder();
  const files = { "9/SPX.csv": read("docs/examples/sp500-daily.csv"), ...candles };
  for (const [name, text] of Object.entries(files)) await folder.write(`candles/${name}`, text);
  await folder.write("indicators.yaml", read("configs/indicators.yaml"));
  const own = new Set(api.map((line) => line.replace(/:.*/, "")));
  const kept = read("configs/backtest.yaml")
    .replace(/enabled: true/, `enabled: ${jobs}`)
    .replace(/sync_deadline_seconds: [\d.]+/, `sync_deadline_seconds: ${deadlineSeconds}`)
    .replace(/max_threads: \d+/, "max_threads: 1")
    .replace(/directory: .*\}/, `directory: "${folder.path}/candles", uploads: "${folder.path}/uploads" }`)
    .split("\n").filter((line) => !own.has(line.trim().replace(/:.*/, "")));
  const text = kept.join("\n").replace(/^api:$/m, ["api:", ...api.map((line) => `  ${line}`)].join("\n"));
  const path = await folder.write("backtest.yaml", text);
  const program = startProgram(["api", "--config", path, "--port", "0"], {
    env,
    permissions: taskPermissions("api").map((flag) =>
      flag.startsWith("--allow-write")
        ? `--allow-write=${folder.path}/uploads`
        : namedPaths && flag.startsWith("--allow-read")
        ? `--allow-read=${ownFolders},${folder.path}`
        : flag
    ),
  });
  await program.saw("event=api_started");
  await program.saw("auth=dev");
  const url = /event=api_started url=(\S+)/.exec(program.stderr())![1]!;
  const stop = async () => {
    try {
      program.process.kill("SIGTERM");
    } catch {
      // it has ended by itself
    }
    return await program.ended();
  };
  return {
    url,
    pid: program.process.pid,
    stderr: program.stderr,
    saw: program.saw,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Reads the metrics of an API until a line is there; rejects when it is not within two minutes. */
export async function untilMetric(url: string, line: string): Promise<void> {
  const deadline = performance.now() + 120_000;
  let text = "";
  while (performance.now() < deadline) {
    text = await (await fetch(`${url}/metrics`)).text();
    if (text.includes(`${line}\n`)) return;
  }
  throw new Error(`Cannot find the metric "${line}" within two minutes; there is: ${text}`);
}
