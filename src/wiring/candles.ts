import { ClickHouseCandleSource } from "../adapters/clickhouse/candle_source.ts";
import { readClickHouseSettings } from "../adapters/clickhouse/settings.ts";
import { DirectoryCandleSource } from "../adapters/candles/directory_candle_source.ts";
import { OwnCandleSource } from "../adapters/candles/own/own_candle_source.ts";
import type { Config } from "../config.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { FileReading } from "../schema/file_reading.ts";
import type { Environment } from "./environment.ts";

/** What tells where candles come from. */
export interface CandleOptions {
  readonly env: Environment;
  readonly config: Config;
  /** Given when the files of a folder are wanted, whatever the environment says; the config has it, too. */
  readonly candlesDirectory?: string | undefined;
  /** Is told, once a file, what was told from it rather than known. */
  readonly onGuess?: (guess: { readonly file: string; readonly guess: string }) => void;
}

/**
 * ClickHouse when `CH_HOST` is set, else the files of the config's folder; before them what a user has uploaded himself. Throws a `validation_error` when a `CH_*`
 * variable is wrong, also where it is not needed yet. Nothing is connected before the first load.
 */
export function openCandles(options: CandleOptions): CandleSource {
  const shared = openSharedCandles(options);
  const { uploads: directory, bad_rows: badRows } = options.config.candles;
  return directory === null ? shared : new OwnCandleSource({ directory, shared, badRows });
}

function openSharedCandles({ env, config, candlesDirectory, onGuess }: CandleOptions): CandleSource {
  const { directory, bad_rows: badRows, tables } = config.candles;
  const inFolder = () =>
    new DirectoryCandleSource({ directory, badRows, files: filesOf(config.markets), onGuess });
  if (candlesDirectory !== undefined) return inFolder();
  const settings = readClickHouseSettings(env);
  if (env.CH_HOST === undefined) return inFolder();
  return new ClickHouseCandleSource(settings, {
    timeoutMs: config.jobs.candle_load_seconds * 1000,
    badRows,
    tables,
  });
}

/** How the files of each market are read, by its id. */
function filesOf(markets: Config["markets"]): Readonly<Record<string, FileReading>> {
  return Object.fromEntries(Object.entries(markets).map(([id, { files }]) => [id, files]));
}

/** Folders that candles may be read from. */
export function candleFolders({ candles: { directory, uploads } }: Config): readonly string[] {
  return uploads === null ? [directory] : [directory, uploads];
}
