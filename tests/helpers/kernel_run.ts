import fc from "fast-check";
import {
  ACCOUNT_BYTES,
  LEVELS_BYTES,
  LEVELS_STOP_COUNT,
  LEVELS_STOPS,
  LEVELS_TARGET_COUNT,
  LEVELS_TARGETS,
  MEASURE_DRAWDOWN,
  MEASURE_LOSS,
  MEASURE_PROFIT,
  MEASURE_STRIDE,
  MEASURE_TRADES,
  OUTCOME_AVAILABLE,
  OUTCOME_BAD_BAR,
  OUTCOME_BYTES,
  OUTCOME_SAFE,
  SEGMENT_ENTRY,
  SEGMENT_EXIT,
  SEGMENT_SIDE,
  SEGMENT_STRIDE,
  SIDE_LONG,
  TRADE_STRIDE,
} from "../../assembly/layout.ts";
import { accountRecord } from "../../src/adapters/wasm/account_record.ts";
import { levelRate, sortLevels } from "../../src/adapters/wasm/risk_levels.ts";
import { readTrades } from "../../src/adapters/wasm/trade_records.ts";
import {
  type DirectionMode,
  directionModes,
  type ExecutionSettings,
  type Replay,
  type SizingMode,
  sizingModes,
  type Trade,
} from "../../src/core/execution/mod.ts";
import type { Signal } from "../oracle/rules.ts";
import type { KernelBench } from "./series.ts";
import { sidesOf, signalScores, writtenSlice } from "./signal_scores.ts";

/** How a run is traded. */
export interface RunAccount {
  readonly directionMode: DirectionMode;
  readonly sizingMode: SizingMode;
  readonly execution: ExecutionSettings;
}

/** Closes and signals of one slice, and what to trade them with. */
export interface RunCase {
  readonly close: readonly number[];
  readonly signals: readonly Signal[];
  readonly account: RunAccount;
  /** Percent, null for off. */
  readonly stops: readonly (number | null)[];
  readonly targets: readonly (number | null)[];
}

/** What the kernels measure of one variant. */
export interface KernelMeasures {
  /** NaN where a fill is impossible. */
  readonly returnPct: number;
  /** Fraction of the peak, NaN where it has no meaning. */
  readonly drawdown: number;
  readonly profit: number;
  readonly loss: number;
  readonly trades: number;
}

/** One run of equal signals on a side that may be opened. */
export interface RunSegment {
  readonly side: "long" | "short";
  readonly entry: number;
  readonly exit: number;
}

/** The execution kernels on given signals. They throw `bad bar <bar>` where a fill is impossible. */
export interface KernelRun {
  replay(given: RunCase, levels: { readonly sl: number | null; readonly tp: number | null }): Replay;
  /** The same from the list of segments. */
  replaySegments(given: RunCase, levels: { readonly sl: number | null; readonly tp: number | null }): Replay;
  listSegments(given: RunCase): RunSegment[];
  /** NaN where a fill is impossible. */
  scoreSignals(given: RunCase): number;
  /** Row by row in the order of the case. */
  scoreRiskPlane(given: RunCase): number[];
  measureSignals(given: RunCase): KernelMeasures;
  /** Row by row in the order of the case. */
  measureRiskPlane(given: RunCase): KernelMeasures[];
  /** Estimates in the order of the case, or null where the kernel does not trust its own. */
  estimateRiskPlane(given: RunCase): number[] | null;
  /** Bar of the impossible fill of the last replay or risk plane, -1 when there was none. */
  badBar(): number;
}

/** Few, so that most planes are scored in several calls. */
const segmentsPerPage = 3;

/** Accounts in all modes, from free to ruinously expensive. */
export const accountArbitrary: fc.Arbitrary<RunAccount> = fc.record({
  directionMode: fc.constantFrom(...directionModes),
  sizingMode: fc.constantFrom(...sizingModes),
  execution: fc.record({
    init_cash_quote: fc.constantFrom(10, 1000, 12_345.67),
    fixed_quote: fc.constantFrom(1, 100, 777.7, 5000),
    safe_profit_percent: fc.constantFrom(0, 12.5, 30, 100),
    fee_pct: fc.constantFrom(0, 0.075, 0.1, 30),
    slippage_pct: fc.constantFrom(0, 0.01, 0.5, 20),
  }),
});

/** How the kernels are run. */
export interface KernelRunOptions {
  /** Records fetched at a time. */
  readonly capacity?: number;
  /** Tells the scorers that no bar can ruin an account: kernels that have forgotten the rule. */
  readonly blindToRuin?: boolean;
}

/** Runs the kernels on a bench that is cleared before each call. */
export function kernelRun(
  bench: KernelBench,
  { capacity = 3, blindToRuin = false }: KernelRunOptions = {},
): KernelRun {
  const { kernels } = bench;
  const sideBySide = signalScores(bench, { blindToRuin });
  let outcome = bench.room(OUTCOME_BYTES);
  const read = (offset: number) => bench.readF64(outcome + offset, 1)[0]!;
  const badBar = () => read(OUTCOME_BAD_BAR);
  const load = ({ close, signals, account }: RunCase, { measuring = false } = {}) => {
    bench.clear();
    outcome = bench.room(OUTCOME_BYTES);
    const bars = close.length;
    const record = bench.room(ACCOUNT_BYTES);
    new Float64Array(kernels.memory.buffer, record, ACCOUNT_BYTES / 8).set(accountRecord(account));
    const own = bench.masks(signals);
    const pair = bench.room(8);
    new Uint32Array(kernels.memory.buffer, pair, 2).set([own.long, own.short]);
    const { long, short } = bench.masks(signals);
    kernels.combineMasks(pair, 1, bars, sidesOf(account.directionMode), long, short);
    return {
      bars,
      long,
      short,
      slice: writtenSlice(bench, { close, account: record, measuring, blindToRuin }),
    };
  };
  const segmentsOf = ({ bars, long, short }: ReturnType<typeof load>) => {
    const segments = bench.room(bars * SEGMENT_STRIDE);
    return { segments, count: kernels.listSegments(long, short, bars, segments) };
  };
  const levelsOf = ({ stops, targets }: RunCase) => {
    const [down, up] = [sortLevels(stops), sortLevels(targets)];
    const record = new DataView(kernels.memory.buffer, bench.room(LEVELS_BYTES), LEVELS_BYTES);
    record.setUint32(LEVELS_STOPS, bench.f64(down.rates), true);
    record.setUint32(LEVELS_STOP_COUNT, down.order.length, true);
    record.setUint32(LEVELS_TARGETS, bench.f64(up.rates), true);
    record.setUint32(LEVELS_TARGET_COUNT, up.order.length, true);
    return { levels: record.byteOffset, stops: down, targets: up };
  };
  const measured = (returnPct: number, record: number): KernelMeasures => {
    const field = (offset: number) => bench.readF64(record + offset, 1)[0]!;
    return {
      returnPct,
      drawdown: field(MEASURE_DRAWDOWN),
      profit: field(MEASURE_PROFIT),
      loss: field(MEASURE_LOSS),
      trades: field(MEASURE_TRADES),
    };
  };
  // without measuring, the records of measures are those of address 0 and mean nothing
  const plane = (given: RunCase, { measuring }: { readonly measuring: boolean }) => {
    const loaded = load(given, { measuring });
    const { segments, count } = segmentsOf(loaded);
    const { levels, stops, targets } = levelsOf(given);
    const [rows, columns] = [stops.order.length, targets.order.length];
    const work = bench.room(kernels.riskPlaneBytes(rows, columns));
    const scores = bench.room(8 * rows * columns);
    const measures = measuring ? bench.room(MEASURE_STRIDE * rows * columns) : 0;
    const scorePage = (from: number) =>
      kernels.scoreRiskPlane(
        loaded.slice,
        levels,
        segments,
        count,
        from,
        Math.min(from + segmentsPerPage, count),
        work,
        scores,
        outcome,
        measures,
      );
    let valid = scorePage(0);
    for (let from = segmentsPerPage; from < count; from += segmentsPerPage) valid = scorePage(from);
    if (valid === 0) throw new Error(`bad bar ${badBar()}`);
    const cells = bench.readF64(scores, rows * columns)
      .map((score, cell) => measured(score, measures + cell * MEASURE_STRIDE));
    return inCaseOrder(cells, stops, targets);
  };
  const finished = ({ account }: RunCase, trades: readonly Trade[]): Replay => {
    const equity = read(OUTCOME_AVAILABLE) + read(OUTCOME_SAFE);
    return {
      trades,
      total_return_pct: (equity / account.execution.init_cash_quote - 1) * 100,
      equity_end_quote: equity,
      available_quote: read(OUTCOME_AVAILABLE),
      safe_quote: read(OUTCOME_SAFE),
    };
  };
  return {
    badBar,
    replay(given, { sl, tp }) {
      const { slice, long, short } = load(given);
      const records = bench.room((capacity + 1) * TRADE_STRIDE);
      const stop = levelRate(sl);
      const target = levelRate(tp);
      const trades: Trade[] = [];
      let count: number;
      do {
        const skip = trades.length;
        count = kernels.replay(slice, long, short, stop, target, skip, capacity, records, outcome);
        if (count < 0) throw new Error(`bad bar ${badBar()}`);
        const page = { address: records, count: Math.min(capacity, count - skip), firstId: skip + 1 };
        trades.push(...readTrades(kernels.memory, { ...page, sliceStart: 0 }));
      } while (trades.length < count);
      return finished(given, trades);
    },
    replaySegments(given, { sl, tp }) {
      const loaded = load(given);
      const { slice, long, short } = loaded;
      const { segments, count: total } = segmentsOf(loaded);
      const records = bench.room(capacity * TRADE_STRIDE);
      const rates = [levelRate(sl), levelRate(tp)] as const;
      const trades: Trade[] = [];
      for (let from = 0; from === 0 || from < total; from += capacity) {
        const page = [segments, from, Math.min(from + capacity, total)] as const;
        const count = kernels.replaySegments(slice, ...page, long, short, ...rates, records, outcome);
        if (count < 0) throw new Error(`bad bar ${badBar()}`);
        const place = { address: records, count, firstId: trades.length + 1 };
        trades.push(...readTrades(kernels.memory, { ...place, sliceStart: 0 }));
      }
      return finished(given, trades);
    },
    listSegments(given) {
      const { segments, count } = segmentsOf(load(given));
      return Array.from({ length: count }, (_, k): RunSegment => {
        const record = new DataView(kernels.memory.buffer, segments + k * SEGMENT_STRIDE);
        const field = (offset: number) => record.getInt32(offset, true);
        const side = field(SEGMENT_SIDE) === SIDE_LONG ? "long" : "short";
        return { side, entry: field(SEGMENT_ENTRY), exit: field(SEGMENT_EXIT) };
      });
    },
    scoreSignals: (given) => sideBySide.score({ ...given, variants: [given.signals] })[0]!,
    scoreRiskPlane: (given) => plane(given, { measuring: false }).map(({ returnPct }) => returnPct),
    measureRiskPlane: (given) => plane(given, { measuring: true }),
    measureSignals: (given) => sideBySide.measure({ ...given, variants: [given.signals] })[0]!,
    estimateRiskPlane(given) {
      const loaded = load(given);
      const { segments, count } = segmentsOf(loaded);
      const { levels, stops, targets } = levelsOf(given);
      const [rows, columns] = [stops.order.length, targets.order.length];
      const scores = bench.room(8 * rows * columns);
      const work = bench.room(kernels.logPlaneBytes(rows, columns));
      const trusted = kernels.estimateRiskPlane(loaded.slice, levels, segments, count, work, scores);
      return trusted === 0 ? null : inCaseOrder(bench.readF64(scores, rows * columns), stops, targets);
    },
  };
}

function inCaseOrder<Cell>(
  cells: readonly Cell[],
  stops: ReturnType<typeof sortLevels>,
  targets: ReturnType<typeof sortLevels>,
): Cell[] {
  const columns = targets.order.length;
  const ordered: Cell[] = [];
  cells.forEach((one, cell) => {
    ordered[stops.order[Math.floor(cell / columns)]! * columns + targets.order[cell % columns]!] = one;
  });
  return ordered;
}
