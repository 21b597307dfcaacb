import { type Instrument, monthMs } from "../../../core/bars/mod.ts";
import { validationError } from "../../../core/errors/mod.ts";
import { durationText, shown } from "../../../core/text/mod.ts";
import { namedSymbol, symbolName } from "./symbol_name.ts";

/** What the name of an instrument's files may end with, the first that is there counts; nothing for a folder of files. */
export const fileEndings = [
  ".csv",
  ".parquet",
  ".csv.gz",
  ".csv.zst",
  ".csv.zip",
  ".zip",
  ".json",
  ".json.gz",
  ".jsonl",
  ".feather",
  ".arrow",
  ".tsv",
  ".txt",
  "",
] as const;

const stored = /^(.+)\.(\d+)(ms|s|m|h|d|mo)\.parquet$/;

// a file system without case takes 1M for 1m
const monthText = "1mo";

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  mo: monthMs,
};

/**
 * Path of an instrument below a candle folder, without an ending; see {@link symbolName}. A symbol comes from a request, so
 * it must not be able to name another folder. Throws a `validation_error` for a market id or a symbol that cannot be a name.
 */
export function instrumentPath({ market_id, symbol }: Instrument): string {
  const name = symbolName(symbol);
  if (Number.isSafeInteger(market_id) && name !== null) return `${market_id}/${name}`;
  const reason = name !== null
    ? `market ${market_id} is no market id`
    : symbol === "" || !symbol.isWellFormed()
    ? "it is no text that can name a file"
    : "it is too long for the name of a file";
  const message = `Cannot look for candles of symbol ${shown(symbol)}: ${reason}`;
  throw validationError(message, [
    { path: "body.template.instrument_id.symbol", code: "value_error", message },
  ]);
}

/** Name of the file of an instrument in a timeframe, such as `BTCUSDT.1m.parquet`. Throws as {@link instrumentPath} does. */
export function storedName(instrument: Instrument, timeframeMs: number): string {
  const timeframe = timeframeMs === monthMs ? monthText : durationText(timeframeMs);
  return `${instrumentPath(instrument).split("/")[1]}.${timeframe}.parquet`;
}

/** Symbol and timeframe of a stored file by its name; null for other files. */
export function storedAs(name: string): { readonly symbol: string; readonly timeframeMs: number } | null {
  const match = stored.exec(name);
  const symbol = namedSymbol(match?.[1] ?? "");
  if (match === null || symbol === null) return null;
  return { symbol, timeframeMs: Number(match[2]) * unitMs[match[3]!]! };
}
