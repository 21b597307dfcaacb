/** Values of one candle as f32, NaN where one is missing. */
export interface CandleRow {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const priceNames = ["open", "high", "low", "close"] as const;

/** What is wrong with a candle taken by itself, as the end of a sentence, or null; missing values are not wrong. */
export function candleFault(row: CandleRow): string | null {
  if (isPlausible(row)) return null;
  for (const name of [...priceNames, "volume"] as const) {
    if (Math.abs(row[name]) === Infinity) return `${name} is too large for a price`;
  }
  for (const name of priceNames) {
    if (row[name] <= 0) return `${name} ${shownF32(row[name])} is not above 0`;
  }
  if (row.volume < 0) return `volume ${shownF32(row.volume)} is negative`;
  if (row.high < row.low) return `high ${shownF32(row.high)} lies below low ${shownF32(row.low)}`;
  for (const name of ["open", "close"] as const) {
    if (row[name] > row.high) return `${name} ${shownF32(row[name])} lies above high ${shownF32(row.high)}`;
    if (row[name] < row.low) return `${name} ${shownF32(row[name])} lies below low ${shownF32(row.low)}`;
  }
  return null;
}

/** True for complete and faultless rows, at the price of a few comparisons. */
function isPlausible({ open, high, low, close, volume }: CandleRow): boolean {
  return low > 0 && open >= low && close >= low && open <= high && close <= high && high < Infinity &&
    volume >= 0 && volume < Infinity;
}

/** The shortest decimal that is this f32: 100.37 for the f32 nearest to it. */
export function shownF32(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}
