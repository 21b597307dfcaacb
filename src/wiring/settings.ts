import { fileURLToPath } from "node:url";
import type { Settings } from "../cli/deps.ts";
import { parseConfig, resolveConfigPath } from "../config.ts";
import { BacktestError, validationError } from "../core/errors/mod.ts";
import { type LogFormat, logFormats } from "../ports/log.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
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
  /** In place of `candles.uploads` of the config. */
  readonly uploadsDirectory?: string;
}

/** What every config is laid over, and the default grids where a config has none beside it. */
const baseFile = (name: string) => fileURLToPath(new URL(`../../configs/${name}`, import.meta.url));
const baseConfigPath = baseFile("backtest.yaml");

/**
 * Reads the config file, laid over `configs/backtest.yaml`, and the `indicators.yaml` beside it, or else that of
 * `configs`; rejects with one line naming file and key.
 */
export async function loadSettings(
  options: SettingsOptions,
  env: Environment,
): Promise<LoadedSettings> {
  const path = resolveConfigPath({ env, ...(options.configPath ? { flag: options.configPath } : {}) });
  const config = parseConfig(await readConfigFile(path), {
    path,
    cpuCount: navigator.hardwareConcurrency,
    base: { path: baseConfigPath, text: await readConfigFile(baseConfigPath) },
  });
  const defaults = await readDefaultGrids(path);
  const { candlesDirectory: directory, uploadsDirectory: uploads } = options;
  const candles = {
    ...config.candles,
    ...(directory === undefined ? {} : { directory }),
    ...(uploads === undefined ? {} : { uploads }),
  };
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

async function readDefaultGrids(configPath: string): Promise<DefaultGrids> {
  const folder = configPath.slice(0, Math.max(configPath.lastIndexOf("/"), configPath.lastIndexOf("\\")) + 1);
  const beside = `${folder}indicators.yaml`;
  const path = await isThere(beside) ? beside : baseFile("indicators.yaml");
  return parseDefaultGrids(await readConfigFile(path), { path });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
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
