import { BacktestError } from "../errors/mod.ts";
import { shownTime } from "../text/mod.ts";
import type { TimeRange } from "./candles.ts";
import type { Instrument } from "./market.ts";

/** A range that was asked for, and what there is. */
export interface UncoveredRange {
  readonly instrument: Instrument;
  readonly range: TimeRange;
  /** Whether the range begins with the warm-up, before what the request names. */
  readonly withWarmUp?: boolean;
  /** Null when there is nothing at all. */
  readonly covers: TimeRange | null;
}

/** `no_candles` that says which range has no row, and which has some. */
export function uncoveredRange({ instrument, range, withWarmUp, covers }: UncoveredRange): BacktestError {
  const { market_id, symbol } = instrument;
  const [start, end] = [shownTime(range.startMs), shownTime(range.endMs)];
  const [from, to] = covers === null ? [] : [shownTime(covers.startMs), shownTime(covers.endMs)];
  const warmUp = withWarmUp ? " (warm-up included)" : "";
  const found = covers === null ? "there are none of it at all" : `its candles cover ${from} to ${to}`;
  return new BacktestError(
    "no_candles",
    `Cannot load candles of market ${market_id} symbol ${JSON.stringify(symbol)}: ` +
      `no market data for requested range ${start} to ${end}${warmUp}; ${found}`,
    {
      details: {
        market_id,
        symbol,
        start,
        end,
        ...(covers === null ? {} : { covers_start: from!, covers_end: to! }),
      },
    },
  );
}
