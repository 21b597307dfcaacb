import { type Instrument } from "../../../core/bars/mod.ts";
import { validationError } from "../../../core/errors/mod.ts";
import { durationText, shown } from "../../../core/text/mod.ts";

const stored = /^(.+)\.(\d+)(ms|s|m|h|d)\.parquet$/;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Path of an instrument below a candle folder, without an ending. A symbol comes from a request, so it must not be able to
 * name another folder.
 */
export function instrumentPath({ market_id, symbol }: Instrument): string {
  const isSafe = Number.isSafeInteger(market_id) && /^[A-Z0-9._-]+$/.test(symbol) && /[A-Z0-9]/.test(symbol);
  if (isSafe) return `${market_id}/${symbol}`;
  const message = `Cannot look for candles of symbol ${
    shown(symbol)
  }: only A-Z, 0-9, ".", "_" and "-" may be in it`;
  throw validationError(message, [
    { path: "body.template.instrument_id.symbol", code: "value_error", message },
  ]);
}

/** Name of the file of a symbol in a timeframe, such as `BTCUSDT.1m.parquet`. */
export function storedName(symbol: string, timeframeMs: number): string {
  return `${symbol}.${durationText(timeframeMs)}.parquet`;
}

/** Symbol and timeframe of a stored file by its name; null for other files. */
export function storedAs(name: string): { readonly symbol: string; readonly timeframeMs: number } | null {
  const match = stored.exec(name);
  if (match === null) return null;
  return { symbol: match[1]!, timeframeMs: Number(match[2]) * unitMs[match[3]!]! };
}
