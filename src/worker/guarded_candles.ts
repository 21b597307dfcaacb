import type { CandleColumns } from "../core/bars/mod.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { CandleSource, LoadedCandles } from "../ports/candle_source.ts";
import type { Clock } from "../ports/clock.ts";
import { candlesUnavailable, timedCandles } from "../sweep/timed_candles.ts";

type Query = Parameters<CandleSource["load"]>[0];

/**
 * A candle source that cannot hang a worker or mislead it. Rejects with `market_data_unavailable` when the source takes
 * longer than `timeoutSeconds`, fails with an error that is not ours, or answers what cannot be candles.
 */
export function guardedCandles(
  source: CandleSource,
  { clock, timeoutSeconds }: { readonly clock: Clock; readonly timeoutSeconds: number },
): CandleSource {
  const checked: CandleSource = {
    load: (query, { signal } = {}) => checkedLoad(source, query, signal),
  };
  return timedCandles(checked, { clock, timeoutSeconds });
}

async function checkedLoad(
  source: CandleSource,
  query: Query,
  signal: AbortSignal | undefined,
): Promise<LoadedCandles> {
  try {
    const loaded = await source.load(query, signal ? { signal } : {});
    const fault = faultOf(loaded, query);
    if (fault !== null) throw candlesUnavailable(query, { reason: `the source answered ${fault}` });
    return loaded;
  } catch (error) {
    if (error instanceof BacktestError) throw error;
    throw candlesUnavailable(query, { reason: "the source failed", cause: error });
  }
}

/** What is wrong with an answer, if anything; prices may be missing, and are looked at bar by bar later. */
function faultOf(
  { candles, further, timeframeMs }: LoadedCandles,
  { columns: wanted = [] }: Query,
): string | null {
  const rows = candles.tsOpenMs.length;
  const short = columns.find((name) => candles[name].length !== rows);
  if (short) return `${candles[short].length} values of ${short} for ${rows} times`;
  const lost = wanted.find((name) => further?.get(name)?.length !== rows);
  if (lost !== undefined) return `no column ${JSON.stringify(lost)} for ${rows} times`;
  if (!Number.isSafeInteger(timeframeMs) || timeframeMs <= 0) return `a timeframe of ${timeframeMs} ms`;
  const infinite = columns.find((name) =>
    candles[name].includes(Infinity) || candles[name].includes(-Infinity)
  );
  if (infinite) return `an infinite ${infinite}`;
  for (let row = 0; row < rows; row++) {
    const openMs = candles.tsOpenMs[row]!;
    if (!Number.isSafeInteger(openMs)) return `the time ${openMs} in row ${row}`;
    if (row > 0 && openMs <= candles.tsOpenMs[row - 1]!) return `times that do not ascend in row ${row}`;
  }
  return null;
}

const columns: readonly (Exclude<keyof CandleColumns, "tsOpenMs">)[] = [
  "open",
  "high",
  "low",
  "close",
  "volume",
];
