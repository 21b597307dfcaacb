/** Takes candle rows one at a time, in the order of a file. */
export interface CandleSink {
  /**
   * Takes a row: time in epoch ms, open, high, low, close, volume, and the further columns that were wished. Returns what is wrong with it, as the end of an error
   * text, or null; a row that is refused is not taken.
   */
  add(row: Float64Array): string | null;
}
