import assert from "node:assert/strict";
import { loadGolden } from "../helpers/golden.ts";
import { type GoldenRules, goldenRules } from "../helpers/golden_rules.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

interface CandleSet {
  readonly timeframe: string;
  readonly ts_open_ms: readonly number[];
  readonly columns?: Readonly<Record<string, readonly (number | null)[]>>;
}

type Values = readonly (number | null)[];

/** A candle set as a user would have it: CSV with its further columns behind the volume. */
async function csvOf({ candles, candles_from: from = 0 }: GoldenRules): Promise<string> {
  const set = await loadGolden<CandleSet & Readonly<Record<string, Values>>>(`candles/${candles}.json`);
  const further = Object.entries(set.columns ?? {});
  const columns: readonly (readonly [string, Values])[] = [
    ["ts_open", set.ts_open_ms],
    ...["open", "high", "low", "close", "volume"].map((name) => [name, set[name]!] as const),
    ...further,
  ];
  const rows = set.ts_open_ms.map((_, row) => columns.map(([, column]) => column[row] ?? "").join(","));
  return [columns.map(([name]) => name).join(","), ...rows.slice(from)].join("\n");
}

/** What `backtest --json` answers for a golden request over its candle set. */
async function answerTo(golden: GoldenRules) {
  await using folder = await temporaryFolder();
  const candles = await folder.write("candles.csv", await csvOf(golden));
  const request = await folder.write("request.json", JSON.stringify(golden.request));
  const args = ["backtest", "--request", request, "--candles", candles, "--calendar", "sessions"];
  const { code, stdout, stderr } = await runInProcess([...args, "--report", "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

for (const golden of await goldenRules()) {
  Deno.test(`rules ${golden.name}: the command line has the golden key, parameters, trades and return`, async () => {
    const all = { preselect: golden.variants, top_k: golden.variants, top_trades_n: golden.variants };
    const { variants } = await answerTo({ ...golden, request: { ...golden.request, ...all } });
    const found = variants.find(({ variant_key: key }: { variant_key: string }) =>
      key === golden.variant_key
    );
    assert.deepEqual(found.payload.rule_params, golden.params);
    assert.equal(found.indicator_variant_key, golden.indicator_variant_key);
    assert.equal(found.total_return_pct, golden.total_return_pct);
    const trades = found.report.trades.map(
      ({ entry_ts: _, exit_ts: __, ...trade }: Readonly<Record<string, unknown>>) => trade,
    );
    assert.deepEqual(trades, golden.trades);
  });
}

interface Answered {
  readonly variant_key: string;
  readonly total_return_pct: number;
  readonly payload: { readonly rule_params: unknown };
  readonly report: { readonly trades: readonly unknown[] };
}

const { sweeps } = await loadGolden<{
  sweeps: readonly (GoldenRules & {
    readonly kept: number;
    readonly variants: readonly {
      readonly params: Readonly<Record<string, number | string>>;
      readonly variant_key: string;
      readonly trades: number;
      readonly total_return_pct: number;
    }[];
  })[];
}>("rules/sweeps.json");

for (const sweep of sweeps) {
  Deno.test(`rules ${sweep.name}: the command line ranks every kept variant with its golden return`, async () => {
    const request = { ...sweep.request, preselect: sweep.kept, top_k: sweep.kept };
    const { variants } = await answerTo({ ...sweep, request });
    const expected = sweep.variants.toSorted((a, b) =>
      b.total_return_pct - a.total_return_pct || (a.variant_key < b.variant_key ? -1 : 1)
    );
    assert.deepEqual(
      variants.map((found: Answered) => ({
        params: found.payload.rule_params,
        variant_key: found.variant_key,
        trades: found.report.trades.length,
        total_return_pct: found.total_return_pct,
      })),
      expected.map(({ params, variant_key, trades, total_return_pct }) => ({
        params,
        variant_key,
        trades,
        total_return_pct,
      })),
    );
  });
}
