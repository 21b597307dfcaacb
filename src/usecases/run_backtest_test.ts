import assert from "node:assert/strict";
import { testConfig } from "../../tests/helpers/config.ts";
import { scriptedCompute } from "../../tests/helpers/scripted_compute.ts";
import { harness, requestBody } from "../../tests/helpers/worker_harness.ts";
import { parseRequest } from "../request/parse.ts";
import { runBacktest, type RunBacktestOptions } from "./run_backtest.ts";

/** A run of the harness's request, of which base 1 is bad without a stop and the best with its first one. */
async function run(
  changes: Record<string, unknown>,
  options: Partial<RunBacktestOptions> & { readonly eager?: boolean } = {},
) {
  const config = testConfig();
  const { eager = true, ...rest } = options;
  const compute = scriptedCompute({
    score: (base, risk) => base === 1 ? (risk === 0 ? 999 : -50) : base * 10 + (risk ?? 0),
  });
  const parsed = parseRequest(requestBody(changes));
  const answer = await runBacktest({ parsed, reports: "configured", ...rest }, {
    ...harness().deps,
    compute,
    config: {
      ...config,
      reporting: { ...config.reporting, eager_top_reports_enabled: eager },
      preselect_default: 3,
    },
  });
  return { answer, compute };
}

Deno.test('13 runBacktest() says with preselect "all", and only then, what the default preselect would have missed', async () => {
  const { answer: all } = await run({ preselect: "all" });
  assert.equal(all.variants[0]!.total_return_pct, 999);
  assert.equal(all.missed_by_default_preselect, 1);
  const { answer: some } = await run({ preselect: 6 });
  assert.equal(some.variants[0]!.total_return_pct, 999);
  assert.equal("missed_by_default_preselect" in some, false);
});

Deno.test("13 runBacktest() gives reports as the config says, trades of the first rows, and equity only where all is wanted", async () => {
  const shape = async (options: Parameters<typeof run>[1]) => {
    const { answer } = await run({ top_k: 3, top_trades_n: 2 }, options);
    return answer.variants.map(({ report }) =>
      report === null ? null : [report.trades !== null, report.equity?.length ?? null]
    );
  };
  assert.deepEqual(await shape({ eager: false }), [null, null, null]);
  assert.deepEqual(await shape({ eager: true }), [[true, null], [true, null], [false, null]]);
  // one value per bar of the range
  assert.deepEqual(await shape({ eager: false, reports: "full" }), [[true, 49], [true, 49], [true, 49]]);
});

Deno.test("13 runBacktest() says whether equal trades were folded only where they were", async () => {
  const { answer: folded } = await run({ fold_equal: true });
  assert.equal(folded.fold_equal, true);
  assert.ok(folded.variants.every((variant) => "same_as" in variant));
  const { answer: plain } = await run({});
  assert.equal("fold_equal" in plain, false);
  assert.ok(plain.variants.every((variant) => !("same_as" in variant)));
});
