import { closeOf } from "../core/bars/mod.ts";
import type { Replay, Trade } from "../core/execution/mod.ts";
import { barOfStep, closesAndOneMore, signalMasks, type StepCodes } from "../core/run/mod.ts";
import type { SignalReplay, UnfilledBar } from "../ports/signal_replay.ts";
import type { RunTape } from "./tape.ts";

/** What the replay of a part of a run gives. */
export type MidwayTrades = readonly Trade[] | UnfilledBar;

/**
 * The trades of a run up to the bar of a step, its exits and entries there among them; a trade that ends later is open.
 * Steps that are not decided keep the side of the last one.
 */
export function tradesUpTo(
  step: number,
  { tape, steps, replay }: {
    readonly tape: RunTape;
    readonly steps: StepCodes;
    readonly replay: SignalReplay;
  },
): MidwayTrades {
  const { request, timeline: { slice, candles } } = tape;
  const every = request.decision_every;
  const bars = barOfStep(step, { bars: 0, every }) + 1;
  const replayed = replay.replay({
    ...account(tape),
    close: closesAndOneMore(candles.close.subarray(slice.start, slice.stop), bars),
    sides: signalMasks(steps, { bars: bars + 1, every }),
  });
  return "trades" in replayed ? replayed.trades : replayed;
}

/** The whole run, whose last open position is closed on its last bar. */
export function wholeReplay(
  { tape, steps, replay }: {
    readonly tape: RunTape;
    readonly steps: StepCodes;
    readonly replay: SignalReplay;
  },
): Replay | UnfilledBar {
  const { request, timeline: { slice, candles } } = tape;
  return replay.replay({
    ...account(tape),
    close: candles.close.subarray(slice.start, slice.stop),
    sides: signalMasks(steps, { bars: slice.stop - slice.start, every: request.decision_every }),
  });
}

/** What is said of a bar at which nothing can be bought or sold; the words of a sweep that fails there. */
export function unfilledText({ badBar }: UnfilledBar, { request, timeline }: RunTape): string {
  const { slippage_pct } = request.execution;
  const close = timeline.candles.close[badBar];
  return `Cannot fill an order at bar ${badBar}: close ${close} with slippage ${slippage_pct} % gives no price above 0`;
}

/** The first bar of a step, in the series. */
export function barOf(step: number, { request, timeline }: RunTape): number {
  return timeline.slice.start + barOfStep(step, { bars: 0, every: request.decision_every });
}

/** Close of a bar, epoch ms. */
export function closeMsOf({ timeline }: RunTape): (bar: number) => number {
  return (bar) => closeOf(timeline, bar);
}

function account({ request, timeline }: RunTape) {
  const { direction_mode, sizing_mode, execution, risk } = request;
  return {
    directionMode: direction_mode,
    sizingMode: sizing_mode,
    execution,
    risk,
    firstBar: timeline.slice.start,
  };
}
