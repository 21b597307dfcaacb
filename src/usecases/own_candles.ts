import type { DeletedCandles, OwnCandleList, UploadResult } from "../answers/candles.ts";
import { type Instrument, spacingText } from "../core/bars/mod.ts";
import { BacktestError, findingsOf, validationError } from "../core/errors/mod.ts";
import type { OwnCandles, UploadedFile } from "../ports/own_candles.ts";
import { type FileReading, readerPart } from "../schema/file_reading.ts";
import { storeCandles } from "./store_candles.ts";

/** Whose candles, and where all users' are. */
export interface OwnCandlesAccess {
  readonly own: OwnCandles;
  /** Nothing of anybody else's is read or written. */
  readonly userId: string;
}

/** Candles that a user brings. */
export interface Upload {
  readonly instrument: Instrument;
  /** Their spacing; told from the rows unless given. */
  readonly timeframeMs?: number | undefined;
  readonly reading: FileReading;
  /** Reads and compares only. */
  readonly dryRun?: boolean;
  /** Files of one series, as they come. */
  readonly files: AsyncIterable<UploadedFile>;
  /** Ends the upload; nothing of it is left then. */
  readonly signal: AbortSignal;
  /** Runs the reading of what has come in when it is its turn. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Takes a user's files in and merges their rows with those he has of the instrument, all or none of them. Rejects with a
 * `validation_error` of one line that names file, line, column and value of what cannot be read, and where it would be more
 * than he may keep.
 */
export async function uploadCandles(
  { instrument, timeframeMs, reading, dryRun = false, files, signal, inTurn }: Upload,
  { own, userId }: OwnCandlesAccess,
): Promise<UploadResult> {
  const store = own.storeOf(userId);
  await using received = await own.receive(files, { signal });
  const { label } = received;
  const result = await inTurn(() =>
    inTermsOfRequest(() =>
      storeCandles({
        file: received.read(readerPart(reading)),
        label,
        store,
        instrument,
        timeframeMs,
        badRows: reading.badRows ?? "refuse",
        dryRun,
        signal,
      })
    )
  );
  const { warnings, further_columns, ...rest } = result;
  return {
    schema_version: 1,
    instrument_id: instrument,
    ...rest,
    further_columns: [...further_columns],
    warnings: [...warnings],
  };
}

/** What is wrong with candles is, to who sent them, wrong with his body; with a symbol, with his query. */
async function inTermsOfRequest<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BacktestError) || error.code !== "validation_error") throw error;
    const { items, total } = findingsOf(error);
    const renamed = items.map((item) => ({
      ...item,
      path: item.path.endsWith("symbol") ? "query.symbol" : "body",
    }));
    throw validationError(error.message, { items: renamed, total });
  }
}

/** What a user has brought, by market, symbol and timeframe. */
export async function listOwnCandles({ own, userId }: OwnCandlesAccess): Promise<OwnCandleList> {
  const items = await own.storeOf(userId).list();
  return {
    schema_version: 1,
    bytes: await own.keptBytes(userId),
    bytes_max: own.bytesMax,
    items: items.map(({ instrument, timeframe, rows, first, last, origins, further_columns }) => ({
      instrument_id: instrument,
      timeframe,
      rows,
      first_ts_open: first,
      last_ts_open: last,
      sources: origins.map((origin) => ({ ...origin })),
      further_columns: [...further_columns],
    })),
  };
}

/** Deletes an instrument of a user in one timeframe, or in all. Rejects with `not_found` where there is nothing of it. */
export async function deleteOwnCandles(
  { instrument, timeframeMs }: { readonly instrument: Instrument; readonly timeframeMs?: number | undefined },
  { own, userId }: OwnCandlesAccess,
): Promise<DeletedCandles> {
  const store = own.storeOf(userId);
  const timeframes = await inTermsOfRequest(() => store.remove(instrument, { timeframeMs }));
  if (timeframes.length > 0) {
    return { schema_version: 1, instrument_id: instrument, timeframes: [...timeframes] };
  }
  const { market_id, symbol } = instrument;
  const of = timeframeMs === undefined ? "" : ` of ${spacingText(timeframeMs)}`;
  throw new BacktestError(
    "not_found",
    `No candles${of} of market ${market_id} symbol "${symbol}" were uploaded by you`,
    { details: { market_id, symbol } },
  );
}
