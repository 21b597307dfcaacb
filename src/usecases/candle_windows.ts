import { candleValues, type ExactCandles, exactCandles } from "../core/bars/mod.ts";
import { candleTableMinutesMax, candleTableRowsMax } from "../ports/candle_table.ts";

const minuteMs = 60_000;

/** How large a piece may be. */
export interface WindowSize {
  readonly rowsMax: number;
  /** From the first row of a piece to the end of its last. */
  readonly minutesMax: number;
}

/** Pieces that a table of candles of this length takes and gives: of those below a minute as many in less time. */
export function tableWindow(timeframeMs: number): WindowSize {
  return {
    rowsMax: candleTableRowsMax,
    minutesMax: candleTableMinutesMax * Math.min(timeframeMs / minuteMs, 1),
  };
}

/**
 * The same rows in pieces that a table takes and gives at once, however many rows are missing between them. A piece is
 * overwritten by the next.
 */
export async function* candleWindows(
  pieces: AsyncIterable<ExactCandles>,
  { rowsMax, minutesMax }: WindowSize,
): AsyncGenerator<ExactCandles> {
  const times = new Float64Array(rowsMax);
  const values = candleValues.map(() => new Float64Array(rowsMax));
  let count = 0;
  const window = () =>
    exactCandles(times.subarray(0, count), values.map((column) => column.subarray(0, count)));
  for await (const piece of pieces) {
    for (let row = 0; row < piece.tsOpenMs.length; row++) {
      const openMs = piece.tsOpenMs[row]!;
      if (count === rowsMax || (count > 0 && openMs >= times[0]! + minutesMax * minuteMs)) {
        yield window();
        count = 0;
      }
      times[count] = openMs;
      candleValues.forEach((name, index) => values[index]![count] = piece[name][row]!);
      count++;
    }
  }
  if (count > 0) yield window();
}
