/** Candles of an example, read without the engine's readers: columns are f32 values. */
export interface PlainBars {
  readonly openMs: readonly number[];
  readonly closeMs: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
}

/** The rows of a CSV file with the columns of the examples. */
export function plainBars(csv: string, lengthMs: number): PlainBars {
  const rows = csv.trim().split("\n").slice(1).map((row) => row.split(","));
  const column = (place: number) => rows.map((row) => Math.fround(Number(row[place])));
  const openMs = rows.map(([time]) => Date.parse(time!));
  return {
    openMs,
    closeMs: openMs.map((ms) => ms + lengthMs),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

/** Those from one on. */
export function barsFrom(bars: PlainBars, first: number): PlainBars {
  return {
    openMs: bars.openMs.slice(first),
    closeMs: bars.closeMs.slice(first),
    open: bars.open.slice(first),
    high: bars.high.slice(first),
    low: bars.low.slice(first),
    close: bars.close.slice(first),
    volume: bars.volume.slice(first),
  };
}
