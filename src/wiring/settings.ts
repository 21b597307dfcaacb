import type { Settings } from "../cli/deps.ts";
import { parseConfig, resolveConfigPath } from "../config.ts";
import { BacktestError, validationError } from "../core/errors/mod.ts";
import { type LogFormat, logFormats } from "../ports/log.ts";
import { parseDefaultGrids } from "../request/default_grids_file.ts";
import type { Environment } from "./environment.ts";

/** A config with the path it came from. */
export interface LoadedSettings extends Settings {
  readonly configPath: string;
}

/** What the command line says about the settings. */
export interface SettingsOptions {
  readonly configPath?: string;
  /** In place of `candles.directory` of the config. */
  readonly candlesDirectory?: string;
}

/** Reads the config file and the `indicators.yaml` beside it; rejects with one line naming file and key. */
export async function loadSettings(
  options: SettingsOptions,
  env: Environment,
): Promise<LoadedSettings> {
  const path = resolveConfigPath({ env, ...(options.configPath ? { flag: options.configPath } : {}) });
  const gridsPath = `${
    path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)
  }indicators.yaml`;
  const config = parseConfig(await readConfigFile(path), { path, cpuCount: navigator.hardwareConcurrency });
  const defaults = parseDefaultGrids(await readConfigFile(gridsPath), { path: gridsPath });
  const { candlesDirectory: directory } = options;
  const candles = directory ? { ...config.candles, directory } : config.candles;
  const log = { format: logFormat(env) ?? config.log.format };
  return { config: { ...config, candles, log }, defaults, configPath: path };
}

/** Goes before `log.format` of the config: what reads a log differs from place to place, the rest does not. */
const logFormatVariable = "BACKTEST_LOG_FORMAT";

function logFormat(env: Environment): LogFormat | null {
  const text = env[logFormatVariable]?.trim();
  if (!text) return null;
  const format = logFormats.find((known) => known === text);
  if (format !== undefined) return format;
  const message = `${logFormatVariable} must be ${logFormats.join(" or ")}, got "${text}"`;
  const item = { path: `env.${logFormatVariable}`, code: "literal_error", message };
  throw validationError(`Cannot start: ${message}`, [item]);
}

async function readConfigFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "the file does not exist"
      : "the file cannot be read";
    throw new BacktestError("validation_error", `Cannot use config "${path}": ${reason}`, { cause });
  }
}
