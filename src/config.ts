import { validationError } from "./core/errors/mod.ts";
import { type ConfigFile, configFileSchema } from "./schema/config_file.ts";
import { laidOver } from "./schema/config_layers.ts";
import { readYamlText } from "./schema/yaml_text.ts";
import { fileMessage, readWith, toFileItems } from "./schema/zod_issues.ts";

/**
 * Everything `backtest.yaml` sets, under the names it has there and with defaults in force; what its section `backtest`
 * holds is one level up. Handed out in slices; only `main.ts` sees it whole.
 */
export interface Config extends Sections {
  /** Size of the compute pool. */
  readonly cpu: { readonly max_threads: number };
  /** What the reader of the log should mend; one sentence each. */
  readonly warnings: readonly string[];
}

type Sections = Omit<ConfigFile, "version" | "backtest"> & Omit<ConfigFile["backtest"], "cpu">;

/** What the text of a config does not say. */
export interface ConfigContext {
  /** Name of the file in error texts. */
  readonly path: string;
  /** Threads to use where the file sets none. */
  readonly cpuCount: number;
  /** The file it is laid over, see {@link laidOver}; without one it must be complete. */
  readonly base?: { readonly path: string; readonly text: string };
}

/**
 * Reads the text of `backtest.yaml`. Throws a `validation_error` whose message is one line naming the file, the first
 * wrong key and its value; all findings are in its details.
 */
export function parseConfig(text: string, { path, cpuCount, base }: ConfigContext): Config {
  const file = { path, attempt: "Cannot use config" };
  const written = readYamlText(text, { ...file, integersAsBigInt: true });
  const settings = base === undefined
    ? written
    : laidOver(readYamlText(base.text, { ...file, path: base.path, integersAsBigInt: true }), written);
  const reading = readWith(configFileSchema, settings);
  if (reading.ok) return toConfig(reading.value, cpuCount);
  const items = toFileItems(reading.findings);
  throw validationError(fileMessage(items, file), items);
}

/** Which environments have a folder below `configs`. */
const environments = ["dev", "test", "prod"];

/**
 * Path of the config to read: the `--config` flag, else `ROEHUB_BACKTEST_CONFIG`, else the file of `ROEHUB_ENV` (`dev`
 * when unset). Blank counts as unset. Throws a `validation_error` when an environment is needed and unknown.
 */
export function resolveConfigPath(
  { flag, env }: {
    readonly flag?: string | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): string {
  const explicit = flag?.trim() || env.ROEHUB_BACKTEST_CONFIG?.trim();
  if (explicit) return explicit;
  const name = env.ROEHUB_ENV?.trim().toLowerCase() || "dev";
  if (environments.includes(name)) return `configs/${name}/backtest.yaml`;
  const message = `Cannot choose a config: ROEHUB_ENV must be dev, test or prod, got "${env.ROEHUB_ENV}"`;
  throw validationError(message, [{ path: "ROEHUB_ENV", code: "literal_error", message }]);
}

function toConfig({ version: _, backtest, ...sections }: ConfigFile, cpuCount: number): Config {
  const { max_threads, max_numba_threads } = backtest.cpu;
  return {
    ...backtest,
    ...sections,
    cpu: { max_threads: max_threads ?? max_numba_threads ?? cpuCount },
    warnings: max_numba_threads === undefined
      ? []
      : ["backtest.cpu.max_numba_threads is an old name: write backtest.cpu.max_threads"],
  };
}
