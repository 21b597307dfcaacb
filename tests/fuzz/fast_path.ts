import fc from "fast-check";
import { isRuined, type Trade } from "../../src/core/execution/mod.ts";
import { accountArbitrary, type KernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { mixedCloses, mixedSignals, runCaseArbitrary, wildCloses } from "../helpers/run_cases.ts";
import { signalsArbitrary } from "../helpers/series.ts";
import { runEngine } from "../oracle/engine.ts";
import type { Signal } from "../oracle/rules.ts";

/** The scorers of the sweep, and the segments they trade. */
export type FastPath = Pick<
  KernelRun,
  | "listSegments"
  | "replaySegments"
  | "scoreSignals"
  | "measureSignals"
  | "scoreRiskPlane"
  | "estimateRiskPlane"
>;

/** How much of what was compared; a fuzz that never met a ruined account has not tested it. */
export interface Coverage {
  cells: number;
  trades: number;
  /** Cells whose account was ruined: closed at a bar where it was worth nothing or less, or flat with nothing left. */
  ruined: number;
  /** Of these, cells ruined before stop, target or signal would have closed the position. */
  ruinedEarly: number;
  /** Planes whose estimate was trusted, and such where it was not. */
  trusted: number;
  untrusted: number;
}

/** Nothing compared yet. */
export function noCoverage(): Coverage {
  return { cells: 0, trades: 0, ruined: 0, ruinedEarly: 0, trusted: 0, untrusted: 0 };
}

/**
 * Cases of all modes: prices with ties, flat stretches, drifts and jumps that ruin a short, signals that change on any
 * bar or hold for hundreds, levels on the fill, out of reach and off. Some are made for ruin: prices that multiply within
 * a position and come back, stakes as large as the cash or nearly so, fees that take more than the stake.
 */
export const fuzzCase: fc.Arbitrary<RunCase> = fc.oneof(
  runCaseArbitrary({ barsMax: 220, levelsMax: 6 }),
  runCaseArbitrary({ barsMax: 700, levelsMax: 4, closes: mixedCloses, signals: mixedSignals }),
  runCaseArbitrary({ barsMax: 130, levelsMax: 3, signals: restless }),
  runCaseArbitrary({
    barsMax: 300,
    levelsMax: 5,
    closes: mixedCloses,
    signals: signalsArbitrary,
    accounts: accountArbitrary.map((account) => ({
      ...account,
      sizingMode: "strategy_compound",
      directionMode: "short-only",
    })),
  }),
  runCaseArbitrary({
    barsMax: 400,
    levelsMax: 4,
    closes: wildCloses,
    signals: mixedSignals,
    accounts: accountArbitrary.chain((account) =>
      fc.record({
        fee_pct: fc.constantFrom(0, 0.1, 30, 95, 150),
        fixed_quote: fc.constantFrom(900, 1000, 1700, 5000),
      }).map((costs) => ({
        ...account,
        execution: { ...account.execution, init_cash_quote: 1000, ...costs },
      }))
    ),
  }),
);

/** What the bar-by-bar replay says, computed by the module itself, once more by the oracle for the first cell. */
interface Truth {
  readonly returns: readonly number[];
  readonly counts: readonly number[];
  readonly ruined: number;
  readonly ruinedEarly: number;
}

/**
 * Compares the fast path with the replay of the same case: segments with trades, trades replayed segment by segment with
 * those of every bar, the return without levels and every
 * cell in every bit, which makes every order of them the same, and estimates within 1e-9 of the larger of initial cash
 * and final equity. Throws with the first difference.
 */
export function compareFastPath(
  given: RunCase,
  { fast, replay, coverage }: {
    readonly fast: FastPath;
    readonly replay: KernelRun["replay"];
    readonly coverage: Coverage;
  },
): void {
  const base = replay(given, { sl: null, tp: null });
  same("replay against oracle", runEngine(engineRun(given)).total_return_pct, base.total_return_pct);
  same("return without levels", fast.scoreSignals(given), base.total_return_pct);
  same("measured return", fast.measureSignals(given).returnPct, base.total_return_pct);
  const replayed = fast.replaySegments(given, { sl: null, tp: null });
  same("replay of segments", JSON.stringify(replayed), JSON.stringify(base));
  compareSegments(given, { segments: fast.listSegments(given), trades: base.trades });

  const truth = planeTruth(given, { fast, replay });
  fast.scoreRiskPlane(given).forEach((score, cell) => same(`cell ${cell}`, score, truth.returns[cell]!));
  compareEstimates(given, { fast, truth, coverage });
  coverage.cells += truth.returns.length;
  coverage.trades += base.trades.length + truth.counts.reduce((sum, count) => sum + count, 0);
  coverage.ruined += truth.ruined;
  coverage.ruinedEarly += truth.ruinedEarly;
}

function planeTruth(
  given: RunCase,
  { fast, replay }: { readonly fast: FastPath; readonly replay: KernelRun["replay"] },
): Truth {
  const levels = given.stops.flatMap((sl) => given.targets.map((tp) => ({ sl, tp })));
  const cells = levels.map((pair) => replay(given, pair));
  levels.forEach((pair, cell) => {
    const replayed = fast.replaySegments(given, pair);
    same(`replay of segments, cell ${cell}`, JSON.stringify(replayed), JSON.stringify(cells[cell]));
  });
  return {
    returns: cells.map(({ total_return_pct }) => total_return_pct),
    counts: cells.map(({ trades }) => trades.length),
    ruined: cells.filter(({ total_return_pct }) => isRuined(total_return_pct)).length,
    ruinedEarly: cells.filter(({ trades }) => closedByRuin(given, trades.at(-1))).length,
  };
}

/** Whether ruin closed the trade while its signal went on, before the last bar. */
function closedByRuin({ signals }: RunCase, trade: Trade | undefined): boolean {
  if (trade?.exit_reason !== "ruin" || trade.exit_bar_index === signals.length - 1) return false;
  return signals[trade.exit_bar_index] === (trade.direction === "long" ? "L" : "S");
}

/**
 * Levels and ruin only end trades earlier, and an account trades every segment until its cash is gone. Ruin is the last
 * trade of an account.
 */
function compareSegments(
  given: RunCase,
  { segments, trades }: {
    readonly segments: ReturnType<KernelRun["listSegments"]>;
    readonly trades: ReturnType<KernelRun["replay"]>["trades"];
  },
): void {
  const traded = trades.map(({ entry_bar_index, exit_bar_index, exit_reason, direction }, i) => {
    const end = exit_reason === "ruin" && i === trades.length - 1 ? segments[i]?.exit : exit_bar_index;
    return `${direction} ${entry_bar_index} to ${end}`;
  });
  const listed = segments.map(({ entry, exit, side }) => `${side} ${entry} to ${exit}`);
  same("segments", listed.slice(0, traded.length).join(), traded.join());
  const withCash = { ...given.account.execution, init_cash_quote: 1e12, fixed_quote: 1 };
  const rich = engineRun({
    ...given,
    account: { ...given.account, sizingMode: "fixed_quote", execution: withCash },
  });
  same("number of trades", listed.length, runEngine(rich).trades.length);
}

function compareEstimates(
  given: RunCase,
  { fast, truth, coverage }: { readonly fast: FastPath; readonly truth: Truth; readonly coverage: Coverage },
): void {
  if (!["all_in", "strategy_compound"].includes(given.account.sizingMode)) return;
  const estimates = fast.estimateRiskPlane(given);
  if (estimates === null) {
    coverage.untrusted++;
    return;
  }
  coverage.trusted++;
  estimates.forEach((estimate, cell) => {
    const exact = truth.returns[cell]!;
    const tolerance = 1e-9 * 100 * Math.max(1, 1 + exact / 100);
    if (!(Math.abs(estimate - exact) <= tolerance)) differ(`estimate of cell ${cell}`, estimate, exact);
  });
}

function engineRun({ close, signals, account }: RunCase) {
  const slice = { start: 0, stop: close.length };
  const risk = { sl_enabled: false, sl_pct: null, tp_enabled: false, tp_pct: null };
  return { close, signals, slice, risk, ...account };
}

/** Signals that may change on every bar. */
function restless(bars: number): fc.Arbitrary<Signal[]> {
  return fc.array(fc.constantFrom<Signal>("L", "S", "N"), { minLength: bars, maxLength: bars });
}

function same(what: string, found: number | string, expected: number | string): void {
  if (!Object.is(found, expected)) differ(what, found, expected);
}

function differ(what: string, found: number | string, expected: number | string): never {
  throw new Error(`The fast path differs from the replay: ${what} is ${found}, not ${expected}`);
}
