import type { SentRequest } from "../request/body.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
import type { Config } from "../config.ts";
import type { BadRows, CandleReading } from "../core/bars/mod.ts";
import type { CandleFile, ReadCandles } from "../ports/candle_file.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { CandleStore } from "../ports/candle_store.ts";
import type { CandleTable } from "../ports/candle_table.ts";
import type { Clock } from "../ports/clock.ts";
import type { Compute } from "../ports/compute.ts";
import type { Exchange } from "../ports/exchange.ts";
import type { IndicatorCompute } from "../ports/indicator_compute.ts";
import type { JobArchive } from "../ports/job_archive.ts";
import type { JobPruning } from "../ports/job_pruning.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import type { JobResults } from "../ports/job_results.ts";
import type { OptimizationReader } from "../ports/optimization_reader.ts";
import type { RuleProbe } from "../ports/rule_probe.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";

/** A parsed config file with the default grids beside it. */
export interface Settings {
  readonly config: Config;
  readonly defaults: DefaultGrids;
}

/** The tables of an open database. */
export interface OpenJobs extends AsyncDisposable {
  readonly jobs: JobRepository;
  readonly results: JobResults;
  readonly strategies: StrategyRepository;
  readonly optimizations: OptimizationReader;
  readonly archive: JobArchive;
  readonly pruning: JobPruning;
}

/** A database opened for schema changes. */
export interface OpenSchema extends AsyncDisposable {
  /** Applies what is missing; returns the names applied. */
  up(): Promise<readonly string[]>;
  /** One entry per known migration, in order: `applied`, `pending`, `changed` or `unknown`. */
  status(): Promise<readonly { readonly name: string; readonly state: string }[]>;
}

/** A temporary database with a worker on it, over the example candles. */
export interface OpenDemo extends OpenJobs, Settings {
  readonly candles: CandleSource;
  readonly request: SentRequest;
  /** DSN of the database, for a client of one's own. */
  readonly dsn: string;
  /** What the database is: a real server, or the fallback. */
  readonly description: string;
  /** How long ago `deno task` began, packages and all; null where the demo was not started by it. */
  readonly sinceCommandMs: () => number | null;
  /** Rejects when the worker dies. */
  readonly worker: Promise<unknown>;
}

/** What a command gets: the world, and the exit code it may set. */
export interface CommandDeps extends CliDeps {
  /** Exit code of a command that neither throws nor ends well; 0 unless set. */
  readonly setExitCode: (code: number) => void;
}

/** Everything commands reach the world through. */
export interface CliDeps {
  /** Writes data to stdout, as it is. */
  readonly out: (text: string) => void;
  /** Writes messages to stderr, as they are. */
  readonly err: (text: string) => void;
  /** Whether stderr is a terminal that may be drawn on. */
  readonly interactive: boolean;
  readonly clock: Clock;
  /** Aborted by SIGINT and SIGTERM. */
  readonly stop: AbortSignal;
  /** Owner of submitted jobs unless `--user` says otherwise. */
  readonly userId: string;
  readonly newId: () => string;
  /** The environment variable a caller named. */
  readonly variable: (name: string) => string | undefined;
  readonly indicators: IndicatorCompute;
  readonly rules: RuleProbe;
  /** Reads a file, or stdin for `-`; rejects with a one-line error. */
  readText(path: string): Promise<string>;
  /** Reads a file of at most `bytesMax`; rejects with a one-line error. */
  readBytes(path: string, options: { readonly bytesMax: number }): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes a file that must not exist yet, whole or not at all; rejects with a one-line error. */
  writeNewFile(
    path: string,
    file: {
      readonly bytes: Uint8Array; /** Makes its folder where there is none. */
      readonly makeFolder?: boolean;
    },
  ): Promise<void>;
  loadSettings(options: { readonly configPath?: string }): Promise<Settings>;
  openJobs(): Promise<OpenJobs>;
  openSchema(): Promise<OpenSchema>;
  openCompute(options: { readonly threads: number }): Compute;
  openCandles(options: {
    readonly path: string;
    readonly timeframeMs?: number;
    readonly reading: CandleReading;
    readonly badRows: BadRows;
    readonly onGuess: (line: string) => void;
  }): CandleSource;
  /** Where workers of this environment read candles, with what the config says of them. */
  openUsualCandles(config: Config): CandleSource;
  readCandles: ReadCandles;
  /** The files that a path means: itself, those of a folder or a pattern; rejects with a one-line error. */
  candleFiles(path: string): Promise<readonly string[]>;
  /** A file, a folder or a pattern of files of candles, in any format. */
  openCandleFile(path: string, reading: CandleReading): CandleFile;
  /** Where workers of this environment read candles. */
  usualCandles(): "folder" | "clickhouse";
  /** The candles below a folder. */
  openCandleStore(directory: string): CandleStore;
  /** An exchange by its name, whose package is installed when it is asked for. */
  openExchange(name: string): Promise<Exchange>;
  /** A candle table of the ClickHouse the environment names. */
  openCandleTable(
    table: { readonly name: string; readonly timeframeMs: number },
  ): { readonly table: CandleTable; readonly name: string };
  openDemo(options: { readonly onNotice: (line: string) => void }): Promise<OpenDemo>;
  /** A token that the API of this environment takes. */
  mintToken(options: {
    readonly userId: string;
    readonly days: number;
    readonly roles: readonly string[];
    readonly configPath?: string;
  }): Promise<string>;
  /** Serves the API until `stop`; returns the exit code. */
  runApi(options: {
    readonly configPath?: string;
    readonly host?: string;
    readonly port?: number;
  }): Promise<number>;
  /** Runs API, worker and an embedded database until `stop`; returns the exit code. */
  runStart(options: {
    readonly dataDirectory: string;
    readonly configPath?: string;
    readonly port?: number;
  }): Promise<number>;
  /** Runs a worker until `stop`; returns the exit code. */
  runWorker(options: {
    readonly configPath?: string;
    readonly metricsPort?: number;
    readonly metricsHost?: string;
  }): Promise<number>;
}
