import { ruleAxisName, type VariantPayload } from "../core/grid/mod.ts";
import type { JobQuery } from "./own_job.ts";
import type { Cell, Column } from "./table.ts";
import { type TopDeps, type TopRow, topRows } from "./top_rows.ts";

/**
 * A job's ranked variants with a column for every axis, and once the job has succeeded one for every metric as a number
 * and one for every row of the report as it is printed. A parameter of rules that has the name of another column is `params.NAME`. A metric that a column before it holds, such as the return or the
 * initial cash, has none of its own. Parameters are named as heatmaps name them: `ma.sma.window`, `sl_pct`. Rejects as `topRows` does.
 */
export async function topTable(
  query: JobQuery & { readonly limit?: number },
  deps: TopDeps,
): Promise<readonly Column[]> {
  const { items } = await topRows(query, deps);
  const fixed: readonly Column[] = [
    column("rank", "integer", items.map(({ rank }) => rank)),
    column("variant_key", "text", items.map(({ variant_key }) => variant_key)),
    column("indicator_variant_key", "text", items.map(({ indicator_variant_key }) => indicator_variant_key)),
    column("variant_index", "integer", items.map(({ variant_index }) => variant_index)),
    column("total_return_pct", "number", items.map(({ total_return_pct }) => total_return_pct)),
  ];
  const rest = [
    ...fromRecords(items.map(({ payload }) => flattened(payload))),
    ...fromRecords(items.map(folded)),
    ...fromRecords(items.map(({ metrics }) => measured(metrics))),
    ...fromRecords(items.map(reported)),
  ];
  const taken = new Set([...fixed, ...rest].map(({ name }) => name));
  const rules = fromRecords(items.map(({ payload }) => payload.rule_params ?? {}))
    .map((parameter) => ({ ...parameter, name: parameterName(parameter.name, taken) }));
  return [...fixed, ...rules, ...rest].filter(({ name }, i, all) =>
    all.findIndex((other) => other.name === name) === i
  );
}

/** Of a parameter of rules as heat maps name it, and so that no other column has its name. */
function parameterName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? `params.${name}` : ruleAxisName(name);
}

function column(name: string, kind: Column["kind"], values: readonly Cell[]): Column {
  return { name, kind, values };
}

function flattened(payload: VariantPayload): Readonly<Record<string, Cell>> {
  const cells: Record<string, Cell> = {};
  for (const { indicator_id, inputs, params } of payload.indicator_selections ?? []) {
    for (const [name, value] of Object.entries({ ...inputs, ...params })) {
      cells[`${indicator_id}.${name}`] = value;
    }
  }
  for (const [indicator, params] of Object.entries(payload.signal_params ?? {})) {
    for (const [name, value] of Object.entries(params)) cells[`${indicator}.signal.${name}`] = value;
  }
  const { direction_mode, sizing_mode } = payload;
  return { ...cells, ...payload.risk_params, ...payload.execution_params, direction_mode, sizing_mode };
}

/** How many variants with the same trades the row stands for besides its own. */
function folded({ same_as: sameAs }: TopRow): Readonly<Record<string, Cell>> {
  return sameAs === undefined ? {} : { same_as_count: sameAs?.count ?? 0 };
}

/** The metrics as numbers; a table has room for the infinite one, which JSON has not. */
function measured(metrics: TopRow["metrics"]): Readonly<Record<string, Cell>> {
  if (metrics === null) return {};
  return metrics.profit_factor_infinite ? { ...metrics, profit_factor: Infinity } : { ...metrics };
}

/** The metrics as the report prints them. */
function reported({ report_table_md }: TopRow): Readonly<Record<string, Cell>> {
  const lines = report_table_md?.split("\n").slice(2) ?? [];
  return Object.fromEntries(
    lines.map((line) => line.split("|").map((part) => part.trim())).map((
      [, metric, value],
    ) => [metric, value]),
  );
}

/** A column for every member of any record, in the order in which they first come. */
function fromRecords(records: readonly Readonly<Record<string, Cell>>[]): readonly Column[] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return names.map((name) => {
    const values = records.map((record) => record[name] ?? null);
    return column(name, kindOf(values), values);
  });
}

function kindOf(values: readonly Cell[]): Column["kind"] {
  const known = values.filter((value) => value !== null);
  if (known.some((value) => typeof value === "string")) return "text";
  return known.some((value) => typeof value === "boolean") ? "boolean" : "number";
}
