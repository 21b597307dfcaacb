import {
  CandleJudge,
  type ExactCandles,
  type Instrument,
  spacingText,
  type Timeframe,
  timeframeMs,
  verdictWarnings,
} from "../core/bars/mod.ts";
import { warning } from "../core/errors/mod.ts";
import { formatTimestamp } from "../core/text/mod.ts";
import type { CandleStore, StoredRows } from "../ports/candle_store.ts";
import type { Exchange } from "../ports/exchange.ts";
import { judgeAll, withoutRows } from "./check_candles.ts";

/** What is fetched, and where it goes. */
export interface FetchOptions {
  readonly exchange: Exchange;
  /** As the exchange calls it. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Opens in `[fromMs, untilMs)`. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly store: CandleStore;
  readonly instrument: Instrument;
  /** Fetches what is stored already, too. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: { readonly rows: number; readonly totalRows: number }) => void;
}

/** What was fetched. */
export interface FetchResult {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Where it began: behind what was stored already. */
  readonly from: string;
  readonly rows: number;
  /** Null where nothing came. */
  readonly first_ts_open: string | null;
  readonly last_ts_open: string | null;
  readonly inserted: number;
  readonly replaced: number;
  readonly unchanged: number;
  readonly warnings: readonly string[];
}

/** Rows that are fetched before they are stored: what an interruption loses at most. */
const storedAtOnce = 50_000;

/**
 * Fetches candles of an exchange into a store. It begins with the last row that is stored, where the stored ones begin early
 * enough, so an interrupted call goes on where it was, and one that is repeated fetches what has come since. What has come is
 * stored piece by piece. Rejects as the exchange does.
 */
export async function fetchCandles(options: FetchOptions): Promise<FetchResult> {
  const { exchange, symbol, timeframe, untilMs, signal, onProgress } = options;
  const lengthMs = timeframeMs(timeframe);
  const startMs = options.again ? options.fromMs : await resumeMs(options);
  const warnings: string[] = [];
  const counts = { inserted: 0, replaced: 0, unchanged: 0 };
  const totalRows = Math.max(Math.ceil((untilMs - startMs) / lengthMs), 0);
  let [rows, firstMs, lastMs] = [0, NaN, NaN];
  let waiting: ExactCandles[] = [];
  let held = 0;
  const flush = async () => {
    if (held === 0) return;
    const pieces = waiting;
    [waiting, held] = [[], 0];
    const stored = await store(pieces, { options, warnings });
    for (const name of ["inserted", "replaced", "unchanged"] as const) counts[name] += stored[name];
  };
  try {
    for await (
      const page of exchange.pages({ symbol, timeframe, startMs, endMs: untilMs }, signal ? { signal } : {})
    ) {
      if (rows === 0) firstMs = page.tsOpenMs[0]!;
      lastMs = page.tsOpenMs.at(-1)!;
      rows += page.tsOpenMs.length;
      waiting.push(page);
      held += page.tsOpenMs.length;
      if (held >= storedAtOnce) await flush();
      onProgress?.({ rows: (lastMs - startMs) / lengthMs + 1, totalRows });
    }
  } finally {
    // what has come is kept, whatever ended it
    await flush();
  }
  if (rows > 0 && firstMs > startMs) {
    const begins = `${exchange.name} has candles of ${symbol} from ${formatTimestamp(firstMs)} on`;
    warnings.unshift(warning("history_begins_later", begins));
  }
  return {
    exchange: exchange.name,
    symbol,
    timeframe,
    from: formatTimestamp(startMs),
    rows,
    first_ts_open: rows === 0 ? null : formatTimestamp(firstMs),
    last_ts_open: rows === 0 ? null : formatTimestamp(lastMs),
    ...counts,
    warnings,
  };
}

/** The last row that is stored, where the stored ones begin early enough; else where the caller wants to begin. */
async function resumeMs({ store, instrument, timeframe, fromMs }: FetchOptions): Promise<number> {
  const stored = (await store.list()).find((one) =>
    one.instrument.market_id === instrument.market_id && one.instrument.symbol === instrument.symbol &&
    one.timeframe === spacingText(timeframeMs(timeframe))
  );
  if (stored === undefined || Date.parse(stored.first) > fromMs) return fromMs;
  return Math.max(Date.parse(stored.last), fromMs);
}

/** Brings pieces into the store, without rows that no candle can be like. */
async function store(
  pieces: readonly ExactCandles[],
  { options: { exchange, symbol, timeframe, store, instrument }, warnings }: {
    readonly options: FetchOptions;
    readonly warnings: string[];
  },
): Promise<StoredRows> {
  const judge = new CandleJudge();
  for (const piece of pieces) judgeAll(judge, piece);
  warnings.push(...verdictWarnings(judge, { badRows: "skip", label: JSON.stringify(symbol) }));
  const all = async function* () {
    yield* pieces;
  };
  return await store.merge({
    instrument,
    timeframeMs: timeframeMs(timeframe),
    rows: withoutRows(all(), judge.bad),
    further: [],
    origin: {
      file: `${exchange.name} ${symbol}`,
      rows: pieces.reduce((sum, { tsOpenMs }) => sum + tsOpenMs.length, 0) - judge.bad.length,
      first: formatTimestamp(pieces[0]!.tsOpenMs[0]!),
      last: formatTimestamp(pieces.at(-1)!.tsOpenMs.at(-1)!),
      guess: null,
    },
  });
}
