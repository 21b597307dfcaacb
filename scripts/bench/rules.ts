import { createPool } from "../../src/adapters/wasm/pool.ts";
import { compileRules, preparedRules, type RulesSpec } from "../../src/core/rules/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { Evaluator } from "../../tests/oracle/expressions/evaluate.ts";
import { eventsOf, statesOf } from "../../tests/oracle/expressions/state.ts";
import type { Benchmark } from "./benchmark.ts";
import { spread } from "./check.ts";
import { checkTable } from "./check_table.ts";
import { interleaved } from "./interleaved.ts";
import { peakMemoryMb } from "./machine.ts";
import { passCost } from "./rule_passes.ts";
import { crossings, largestStrategy, largestWhere, rulesInput, thresholds } from "./rule_workloads.ts";
import { type ScoreTable, scoreTable, tableHash } from "./score_table.ts";
import { measuredPairsInput, pairsInput } from "./workloads.ts";

const sizes = {
  full: { runs: 5, sample: 10, values: 200 },
  smoke: { runs: 2, sample: 4, values: 20 },
} as const;

const letters = { N: 0, L: 1, S: 2 } as const;

/** Pairs of averages written as rules, against the masks of built-in rules on as many pairs; and what compiling takes. */
export const rules: Benchmark = {
  usesPeers: false,
  async run(size) {
    const { runs, sample, values } = sizes[size];
    const builtIn = pairsInput(size);
    const input = rulesInput(size, crossings(size, { bothSides: false }));
    const bothSides = rulesInput(size, crossings(size, { bothSides: true }));
    await using compute = createPool({ threads: 1 });
    const table = await scoreTable(compute, input);
    const peakMemory = peakMemoryMb();
    await check(table, { input, sample });
    await check(await scoreTable(compute, bothSides), { input: bothSides, sample: 2 });

    const { plan: { ranking } } = measuredPairsInput(size);
    const measured = (sweep: SweepInput) => ({ ...sweep, plan: { ...sweep.plan, ranking } });
    const stageA = await interleaved({
      builtIn: () => scoreTable(compute, builtIn),
      rules: () => scoreTable(compute, input),
      bothSides: () => scoreTable(compute, bothSides),
    }, { runs });
    const allMetrics = await interleaved({
      builtIn: () => scoreTable(compute, measured(builtIn)),
      rules: () => scoreTable(compute, measured(input)),
    }, { runs: 2 });
    const threshold = await passCost(rulesInput(size, thresholds(values)), { runs: 4 * runs });
    const combinations = compiled(largestWhere(size)).combinations.total;
    const compiling = await interleaved({
      strategy: () => compiled(largestStrategy()),
      where: () => compiled(largestWhere(size)),
    }, { runs: 2 * runs });
    return {
      ...stageA.rules.times,
      ratios: {
        pairs: stageA.builtIn.leastCpuMs / stageA.rules.leastCpuMs,
        both_sides: stageA.bothSides.leastCpuMs / stageA.rules.leastCpuMs,
        pairs_all_metrics: allMetrics.builtIn.leastCpuMs / allMetrics.rules.leastCpuMs,
      },
      hash: tableHash(table),
      figures: {
        of_pairs: stageA.rules.leastCpuMs / stageA.builtIn.leastCpuMs,
        both_sides_of_pairs: stageA.bothSides.leastCpuMs / stageA.builtIn.leastCpuMs,
        all_metrics_of_pairs: allMetrics.rules.leastCpuMs / allMetrics.builtIn.leastCpuMs,
        least_cpu_ms: stageA.rules.leastCpuMs,
        pairs_least_cpu_ms: stageA.builtIn.leastCpuMs,
        threshold_value_us: threshold.valueUs,
        threshold_passes: threshold.passes,
        compile_ms: compiling.strategy.leastCpuMs,
        where_ms: compiling.where.leastCpuMs,
        peak_memory_mb: peakMemory,
      },
      conditions: {
        bars: input.timeline.slice.stop - input.timeline.slice.start,
        variants: input.plan.stageATotal,
        threads: 1,
        strategy: JSON.stringify(crossings("smoke", { bothSides: false }).long),
        compared:
          "least processor time of runs in turn, return only, with the masks of sma and ema on as many pairs",
        threshold: "masks of a value of a level of rsi, beside other conditions, over one pass over a series",
        where: `${combinations} combinations through three conditions`,
      },
    };
  },
};

/** Rejects unless some variants have the signals of the bar-by-bar oracle and the scores of their replays. */
async function check(
  table: ScoreTable,
  { input, sample }: { readonly input: SweepInput; readonly sample: number },
): Promise<void> {
  const { tapes } = await checkTable(table, { input, sample });
  const { rules } = preparedRules(input.plan.rules!);
  const { candles, slice, timeframeMs } = input.timeline;
  const openMs = [...candles.tsOpenMs];
  const bars = { candles, openMs, closeMs: openMs.map((ms) => ms + timeframeMs), columns: {} };
  spread(table.scores.length, sample).forEach((index, i) => {
    const states = statesOf(eventsOf(rules, new Evaluator(bars, rules.combinations.at(index))), slice);
    const at = states.findIndex((state, bar) => letters[state] !== tapes[i]![bar]);
    if (at >= 0) {
      throw new Error(`Cannot trust the result: variant ${index} is not ${states[at]} on bar ${at}`);
    }
  });
}

function compiled(spec: RulesSpec) {
  const { rules, faults } = compileRules(spec, { timeframe: "1m" });
  if (rules === null) throw new Error(`Cannot compile: ${faults[0]!.message}`);
  return rules;
}
