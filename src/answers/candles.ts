import { z } from "zod";
import { type Answer, time } from "./parts.ts";

/** What became of uploaded candles. */
export type UploadResult = Answer<typeof uploadResultSchema>;

/** What a user has uploaded. */
export type OwnCandleList = Answer<typeof ownCandleListSchema>;

/** What was deleted. */
export type DeletedCandles = Answer<typeof deletedCandlesSchema>;

const instrument = z.object({ market_id: z.int(), symbol: z.string() });
const timeframe = z.string().describe("Of the stored candles, such as `1m`");
const furtherColumns = z.array(z.string()).describe("Numeric columns beside those of candles, for rules");
const guess = z.string().nullable().describe(
  "What was told from the files rather than known; null: nothing was",
);

/** What became of uploaded candles. */
export const uploadResultSchema = z.object({
  schema_version: z.literal(1),
  instrument_id: instrument,
  timeframe,
  rows: z.int().describe("Of the files, without those left out"),
  first_ts_open: time,
  last_ts_open: time,
  inserted: z.int(),
  replaced: z.int().describe("Rows that were there with other values"),
  unchanged: z.int(),
  skipped: z.int().describe("Rows that no candle can be like, left out as `bad_rows=skip` says"),
  further_columns: furtherColumns,
  warnings: z.array(z.string()).describe("`code: sentence` each"),
  guess,
  dry_run: z.boolean(),
}).meta({ id: "UploadResult" });

/** What a user has uploaded. */
export const ownCandleListSchema = z.object({
  schema_version: z.literal(1),
  bytes: z.int().describe("What they take"),
  bytes_max: z.int().describe("What they may take"),
  items: z.array(z.object({
    instrument_id: instrument,
    timeframe,
    rows: z.int(),
    first_ts_open: time,
    last_ts_open: time,
    sources: z.array(z.object({
      file: z.string(),
      rows: z.int(),
      first: time,
      last: time,
      guess,
    })).describe("Files that rows came from"),
    further_columns: furtherColumns,
  })),
}).meta({ id: "OwnCandleList" });

/** What was deleted. */
export const deletedCandlesSchema = z.object({
  schema_version: z.literal(1),
  instrument_id: instrument,
  timeframes: z.array(z.string()).describe("In which it was there"),
}).meta({ id: "DeletedCandles" });
