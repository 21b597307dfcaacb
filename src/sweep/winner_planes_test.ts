import assert from "node:assert/strict";
import { sweepInput } from "../../tests/helpers/sweep.ts";
import { emptyCandles } from "../core/bars/mod.ts";
import { ruleParams } from "../core/rules/mod.ts";
import { parseTemplate } from "../request/parse.ts";
import { buildPlan } from "../request/plan.ts";
import type { EffectiveTemplate } from "../request/template.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { SweepPlan, WinnerPlanes } from "../core/grid/mod.ts";
import { planeBatchCells, planeValuesMax } from "../core/limits/mod.ts";
import type { ComputeSession } from "../ports/compute.ts";
import type { RankedVariant } from "./stage_b.ts";
import { winnerPlanes } from "./winner_planes.ts";

const upTo = (length: number) => Array.from({ length }, (_, i) => i + 1);

/** Sizes of the axes of a sweep, in the order in which a variant's positions are written: the last runs fastest. */
interface Sizes {
  readonly window: number;
  readonly level: number;
  readonly sl: number;
  readonly tp: number;
}

const names = ["momentum.rsi.window", "momentum.rsi.signal.level", "sl_pct", "tp_pct"];

function planOf({ window, level, sl, tp }: Sizes): SweepPlan {
  const { close, high, low, open, volume } = emptyCandles(1);
  return sweepInput({
    candles: { close, high, low, open, volume } as never,
    slice: { start: 0, stop: 1 },
    indicators: [{ id: "momentum.rsi", axes: { window: upTo(window) }, signals: { level: upTo(level) } }],
    sl: upTo(sl),
    tp: upTo(tp),
  }).plan;
}

/** A variant by its positions on the four axes. */
type Positions = readonly [window: number, level: number, sl: number, tp: number];

/** A return that tells all four positions. */
const returnAt = ([window, level, sl, tp]: Positions) => ((window * 100 + level) * 100 + sl) * 100 + tp;

/** The planes of a sweep around a variant, with every call of its session. */
async function planesAround(
  [window, level, sl, tp]: Positions,
  { sizes, unscorable = [], bars = 10 }: {
    readonly sizes: Sizes;
    /** Values of the window that cannot be scored. */
    readonly unscorable?: readonly number[];
    readonly bars?: number;
  },
) {
  const plan = planOf(sizes);
  const calls: (readonly number[])[] = [];
  const session = {
    scoreRisk(bases, selection) {
      calls.push(bases);
      // every cell of every base, however low it scores
      assert.deepEqual(selection, { keep: bases.length * plan.riskTotal, floor: -Infinity });
      const bad = bases.find((base) => unscorable.includes(Math.floor(base / sizes.level) + 1));
      if (bad !== undefined) {
        const details = { stage_a_index: bad };
        return Promise.reject(new BacktestError("validation_error", "too short", { details }));
      }
      const returns = bases.flatMap((base) =>
        upTo(plan.riskTotal).map((_, risk) =>
          returnAt([
            Math.floor(base / sizes.level),
            base % sizes.level,
            Math.floor(risk / sizes.tp),
            risk % sizes.tp,
          ])
        )
      );
      return Promise.resolve({
        indexes: Float64Array.from(returns, (_, i) => i),
        scores: Float64Array.from(returns),
        secondary: null,
        returns: Float64Array.from(returns),
        elapsedMs: 1,
      });
    },
  } as Partial<ComputeSession> as ComputeSession;
  const winner = {
    variantKey: "the winner",
    stageAIndex: window * sizes.level + level,
    riskIndex: sl * sizes.tp + tp,
  } as RankedVariant;
  let boundaries = 0;
  const planes = await winnerPlanes(winner, {
    plan,
    bars,
    session,
    inFlight: 2,
    boundary: () => Promise.resolve(void boundaries++),
  });
  return { planes, calls, boundaries };
}

/** Every cell of every plane holds what the variant that differs from the winner in its two axes gives, or null. */
function assertCells(
  { axes, planes }: WinnerPlanes,
  { winner, scorable = () => true }: {
    readonly winner: Positions;
    readonly scorable?: (window: number) => boolean;
  },
): void {
  assert.deepEqual(axes.map(({ name }) => name), names);
  assert.equal(planes.length, 6);
  for (const [i, { values, winner: at }] of axes.entries()) assert.equal(values[at], winner[i]! + 1);
  for (const { x, y, returns } of planes) {
    assert.equal(returns.length, axes[y]!.values.length);
    for (const [row, cells] of returns.entries()) {
      assert.equal(cells.length, axes[x]!.values.length);
      for (const [column, value] of cells.entries()) {
        const at = [...winner] as [number, number, number, number];
        at[x] = Number(axes[x]!.values[column]) - 1;
        at[y] = Number(axes[y]!.values[row]) - 1;
        assert.equal(value, scorable(at[0] + 1) ? returnAt(at) : null, `axes ${x}, ${y} at ${at}`);
      }
    }
  }
}

Deno.test("13 winnerPlanes() fills every cell of every pair of axes, wherever the winner stands", async () => {
  const sizes = { window: 4, level: 3, sl: 3, tp: 2 };
  for (const winner of [[0, 0, 0, 0], [3, 2, 2, 1], [1, 2, 0, 1]] as const) {
    const { planes, calls, boundaries } = await planesAround(winner, { sizes });
    assert.equal(planes.variantKey, "the winner");
    assertCells(planes, { winner });
    assert.equal(calls.flat().length, 12, "every base variant is scored once");
    assert.equal(boundaries, calls.length);
  }
});

Deno.test("13 winnerPlanes() shows the 64 levels of a stop and a target that are nearest to the winner's, and no other", async () => {
  const sizes = { window: 2, level: 2, sl: 80, tp: 70 };
  for (const winner of [[0, 0, 0, 0], [1, 0, 79, 69], [1, 1, 40, 33]] as const) {
    const { planes } = await planesAround(winner, { sizes });
    assert.deepEqual(planes.axes.slice(2).map(({ values }) => values.length), [
      planeValuesMax,
      planeValuesMax,
    ]);
    assertCells(planes, { winner });
  }
});

Deno.test("13 winnerPlanes() leaves a null only where a variant cannot be scored, not in the rest of its batch", async () => {
  const sizes = { window: 5, level: 3, sl: 2, tp: 3 };
  const winner = [1, 1, 1, 2] as const;
  for (const unscorable of [[4], [1, 3], [5, 1]]) {
    const { planes, calls } = await planesAround(winner, { sizes, unscorable });
    assertCells(planes, { winner, scorable: (window) => !unscorable.includes(window) });
    assert.ok(calls.some((bases) => bases.length > 1), "nothing was scored in a batch");
  }
});

Deno.test("13 winnerPlanes() passes a failure on that is not a variant's", async () => {
  const plan = planOf({ window: 2, level: 2, sl: 2, tp: 2 });
  const broken = new BacktestError("validation_error", "broken");
  const session = { scoreRisk: () => Promise.reject(broken) } as Partial<ComputeSession> as ComputeSession;
  await assert.rejects(
    winnerPlanes({ stageAIndex: 0, riskIndex: 0, variantKey: "k" } as RankedVariant, {
      plan,
      bars: 10,
      session,
      inFlight: 1,
      boundary: () => Promise.resolve(),
    }),
    broken,
  );
});

Deno.test("13 winnerPlanes() holds its batches within bases, risk cells and bars, and scores nothing for one axis", async () => {
  const winner = [0, 0, 0, 0] as const;
  const sizeOf = async (sizes: Sizes, bars = 10) =>
    Math.max(0, ...(await planesAround(winner, { sizes, bars })).calls.map(({ length }) => length));
  assert.equal(await sizeOf({ window: 30, level: 2, sl: 1, tp: 1 }), 16);
  assert.equal(await sizeOf({ window: 30, level: 2, sl: 200, tp: 100 }), planeBatchCells / 20_000);
  assert.equal(await sizeOf({ window: 3, level: 2, sl: 1, tp: 1 }, 10_000_000), 5);
  assert.equal(await sizeOf({ window: 3, level: 1, sl: 1, tp: 1 }), 0);
});

const rulesTemplate = {
  instrument_id: { market_id: 1, symbol: "X" },
  timeframe: "1d",
  rules: {
    params: {
      fast: { mode: "range", start: 2, stop_incl: 9, step: 1 },
      price: { mode: "explicit", values: ["close", "hlc3"] },
      single: { mode: "explicit", values: [5] },
      sl_pct: { mode: "explicit", values: [1, 2] },
      slow: { mode: "explicit", values: [4, 6, 9] },
    },
    where: ["fast < slow"],
    long: { enter: "ema(price, fast) * sl_pct > ema(price, slow) + single" },
  },
  risk_grid: { sl: { mode: "explicit", values: [3, 4, 5] } },
};

Deno.test("winnerPlanes() goes over the parameters of rules, with a null where a combination is no variant", async () => {
  const plan = buildPlan({ template: parseTemplate(rulesTemplate) as EffectiveTemplate, preselect: 1000 }, {
    defaults: {},
    maxVariants: 1000,
  });
  const valueOf = (params: Readonly<Record<string, number | string>>, stop: number) =>
    Number(params.fast) * 1000 + Number(params.slow) * 100 + Number(params.sl_pct) * 10 +
    (params.price === "hlc3" ? 5 : 0) + stop / 10;
  const session = {
    scoreRisk(bases) {
      const returns = bases.flatMap((base) =>
        plan.risk.sl.map((stop) => valueOf(ruleParams(plan.rules!, base), stop!))
      );
      const columns = {
        scores: Float64Array.from(returns),
        returns: Float64Array.from(returns),
        secondary: null,
      };
      return Promise.resolve({ indexes: Float64Array.from(returns, (_, i) => i), ...columns, elapsedMs: 1 });
    },
  } as Partial<ComputeSession> as ComputeSession;
  for (let stageAIndex = 0; stageAIndex < plan.stageATotal; stageAIndex += 7) {
    const winner = { variantKey: "w", stageAIndex, riskIndex: 1 } as RankedVariant;
    const options = { plan, bars: 10, session, inFlight: 1, boundary: () => Promise.resolve() };
    const { axes, planes } = await winnerPlanes(winner, options);
    // a parameter of a stop's name is told from it
    assert.deepEqual(axes.map(({ name }) => name), ["fast", "price", "params.sl_pct", "slow", "sl_pct"]);
    const centre = ruleParams(plan.rules!, stageAIndex);
    assert.deepEqual(axes.map(({ values, winner }) => values[winner]), [
      centre.fast,
      centre.price,
      centre.sl_pct,
      centre.slow,
      4,
    ]);
    for (const { x, y, returns } of planes) {
      returns.forEach((cells, row) =>
        cells.forEach((cell, column) => {
          const changes = [[x, column], [y, row]] as const;
          const all: Record<string, number | string> = { ...centre, stop: 4 };
          for (const [axis, at] of changes) {
            const { name, values } = axes[axis]!;
            all[name === "sl_pct" ? "stop" : name.replace("params.", "")] = values[at]!;
          }
          const isKept = Number(all.fast) < Number(all.slow);
          assert.equal(cell, isKept ? valueOf(all, Number(all.stop)) : null);
        })
      );
    }
  }
});
