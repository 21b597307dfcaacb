/** Tables by id, and names of which one excludes the other: a file that has one of these has all of it. */
const takenWhole: ReadonlySet<string> = new Set([
  "markets",
  "backtest.cpu",
  "backtest.jobs.quotas",
  "backtest.execution.fee_pct_default_by_market_id",
]);

type Mapping = Readonly<Record<string, unknown>>;

/**
 * The settings of `file` laid over those of `base`, section by section; lists, tables by id and `null` replace what the
 * base has. Each file says its own `version`. What is no mapping is returned as it is, for the schema to refuse.
 */
export function laidOver(base: unknown, file: unknown): unknown {
  if (!isMapping(base) || !isMapping(file)) return file;
  const { version: _, ...settings } = base;
  return merged(settings, { file, path: "" });
}

function merged(base: Mapping, { file, path }: { readonly file: Mapping; readonly path: string }): Mapping {
  const names = new Set([...Object.keys(base), ...Object.keys(file)]);
  return Object.fromEntries([...names].map((name) => {
    const at = `${path}${name}`;
    const [below, above] = [base[name], file[name]];
    if (!Object.hasOwn(file, name)) return [name, below];
    const sections = isMapping(below) && isMapping(above) && !takenWhole.has(at);
    return [name, sections ? merged(below, { file: above, path: `${at}.` }) : above];
  }));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
