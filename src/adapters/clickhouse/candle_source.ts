import type { ClickHouseClient } from "@clickhouse/client-web";
import {
  type BadRows,
  type BarGrid,
  barsMax,
  type CandleColumns,
  hasValue,
  type Instrument,
  judgedSeries,
  liesOnGrid,
  type TimeRange,
  uncoveredRange,
  type WithFurther,
  withoutVolume,
} from "../../core/bars/mod.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import { CandleDecoder } from "./candle_decoder.ts";
import type { TableColumn } from "./candle_columns.ts";
import { candleQuery, coverQuery, volumeQuery } from "./candle_query.ts";
import { describeQuery, requireFurther } from "./further_query.ts";
import { startAndEnd } from "./candle_times.ts";
import { clickHouseAddress, clickHouseClient } from "./client.ts";
import { NativeReader, type NativeType } from "./native_reader.ts";
import { serverReason } from "./server_reason.ts";
import type { ClickHouseSettings } from "./settings.ts";
import { fittingTables, minuteTable, type TimeframeTable } from "./timeframe_table.ts";
import { withinTime } from "./within_time.ts";

interface CandleQuery {
  readonly instrument: Instrument;
  readonly range: TimeRange;
  readonly grid?: BarGrid | undefined;
  readonly columns?: readonly string[] | undefined;
}

/** How long candles may take. */
export interface ClickHouseCandleOptions {
  /** From the question to the last row, in ms. */
  readonly timeoutMs: number;
  /** What becomes of rows that no candle can be like; they are skipped unless given. */
  readonly badRows?: BadRows | null;
  /** The table of minutes unless given. */
  readonly tables?: readonly TimeframeTable[];
}

/**
 * The candles of tables such as `canonical_candles_1m`, of those that lie on the grid of the bars that are wanted the one
 * with the longest candles that holds the instrument. Of several rows with one `ts_open` the newest `ingested_at`
 * counts, whatever their age: which rows a merge has already folded must not change a result. NULL is a missing value.
 */
export class ClickHouseCandleSource implements CandleSource {
  readonly #client: ClickHouseClient;
  readonly #address: string;
  readonly #timeoutMs: number;
  readonly #badRows: BadRows;
  readonly #tables: readonly TimeframeTable[];

  constructor(
    settings: ClickHouseSettings,
    { timeoutMs, badRows, tables = [minuteTable] }: ClickHouseCandleOptions,
  ) {
    this.#client = clickHouseClient(settings, { timeoutMs });
    this.#address = clickHouseAddress(settings);
    this.#timeoutMs = timeoutMs;
    this.#badRows = badRows ?? "skip";
    this.#tables = tables;
  }

  async load(query: CandleQuery, { signal }: { readonly signal?: AbortSignal } = {}): Promise<LoadedCandles> {
    try {
      const limit = { timeoutMs: this.#timeoutMs, signal };
      return await withinTime(limit, (ended) => this.#load(query, ended));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BacktestError) throw error;
      const reason = `ClickHouse at ${this.#address} ${serverReason(error)}`;
      throw unavailable(query, { reason, cause: error });
    }
  }

  async #load(query: CandleQuery, signal: AbortSignal): Promise<LoadedCandles> {
    const { grid } = query;
    let last: TimeRange | null = null;
    let shifted: (() => Promise<LoadedCandles>) | null = null;
    for (const table of fittingTables(this.#tables, grid?.timeframe)) {
      const { covers, ...read } = await this.#from(table, { query, signal });
      const { candles } = read;
      last ??= covers;
      if (candles.tsOpenMs.length === 0 && covers === null) continue;
      if (candles.tsOpenMs.length === 0) break;
      const judged = () => this.#judged(table, { query, signal, covers, ...read });
      if (grid === undefined || liesOnGrid(candles, { storedMs: table.timeframeMs, grid })) {
        return await judged();
      }
      shifted ??= judged;
    }
    // they will be refused, by a message that names both grids
    if (shifted !== null) return await shifted();
    throw uncoveredRange({ ...query, withWarmUp: true, covers: last });
  }

  async #from(table: TimeframeTable, { query, signal }: Asked) {
    const read = await this.#read(table, { query, signal });
    return { ...read, covers: await this.#covers(table, { query, signal }) };
  }

  async #judged(
    table: TimeframeTable,
    { query, signal, candles, further, covers }: Asked & WithFurther & {
      readonly candles: CandleColumns;
      readonly covers: TimeRange | null;
    },
  ): Promise<LoadedCandles> {
    const hasVolume = hasValue(candles.volume) || await this.#hasVolume(table, { query, signal });
    const { market_id, symbol } = query.instrument;
    const label = `of market ${market_id} symbol ${JSON.stringify(symbol)}`;
    return judgedSeries({
      candles: hasVolume ? candles : withoutVolume(candles),
      ...(further ? { further } : {}),
      timeframeMs: table.timeframeMs,
      warnings: [],
      hasVolume,
      // a row that came between the two questions lies in the range
      covers: covers ?? query.range,
    }, { badRows: this.#badRows, label });
  }

  async #covers(table: TimeframeTable, { query: { instrument }, signal }: Asked): Promise<TimeRange | null> {
    const [rows, firstMs, lastMs] = await this.#floats({ query: coverQuery(table), columns: 3 }, {
      instrument,
      signal,
    });
    return rows === 0 ? null : { startMs: firstMs!, endMs: lastMs! + table.timeframeMs };
  }

  async #hasVolume(table: TimeframeTable, { query: { instrument }, signal }: Asked): Promise<boolean> {
    const [rows] = await this.#floats({ query: volumeQuery(table), columns: 1 }, { instrument, signal });
    return rows !== 0;
  }

  /** The one row of a query whose columns are f64. */
  async #floats(
    { query, columns }: { readonly query: string; readonly columns: number },
    { instrument, signal }: { readonly instrument: Instrument; readonly signal: AbortSignal },
  ): Promise<readonly number[]> {
    const { stream } = await this.#client.exec({
      query: `${query}\nFORMAT Native`,
      query_params: { ...instrument },
      clickhouse_settings: { wait_end_of_query: 1 },
      abort_signal: signal,
    });
    const row: number[] = [];
    const types = Array<NativeType>(columns).fill("Float64");
    const reader = new NativeReader(types, (block) => row.push(...block.columns.map(([value]) => value!)));
    for await (const bytes of stream) reader.push(bytes);
    reader.finish();
    return row;
  }

  async #read(
    table: TimeframeTable,
    { query: { instrument, range, columns = [] }, signal }: Asked,
  ): Promise<{ readonly candles: CandleColumns } & WithFurther> {
    if (columns.length > 0) await this.#requireColumns(columns, { table, signal });
    const { stream } = await this.#client.exec({
      query: `${candleQuery(table, columns)}\nFORMAT Native`,
      query_params: {
        market_id: instrument.market_id,
        symbol: instrument.symbol,
        ...startAndEnd(range),
      },
      // the status comes after the last row, so that a failure on the way cannot look like the end of the data
      clickhouse_settings: { wait_end_of_query: 1 },
      abort_signal: signal,
    });
    const decoder = new CandleDecoder({ range, rowsMax: barsMax, table: table.name, further: columns });
    for await (const bytes of stream) decoder.push(bytes);
    return decoder.finish();
  }

  async #requireColumns(
    names: readonly string[],
    { table, signal }: { readonly table: TimeframeTable; readonly signal: AbortSignal },
  ): Promise<void> {
    const result = await this.#client.query({
      query: describeQuery(table),
      format: "JSONEachRow",
      abort_signal: signal,
    });
    requireFurther(names, { columns: await result.json<TableColumn>(), label: `of table ${table.name}` });
  }
}

/** What a table is asked. */
interface Asked {
  readonly query: CandleQuery;
  readonly signal: AbortSignal;
}

interface Fault {
  readonly reason: string;
  readonly cause?: unknown;
}

function unavailable({ instrument }: CandleQuery, { reason, cause }: Fault): BacktestError {
  const { market_id, symbol } = instrument;
  return new BacktestError(
    "market_data_unavailable",
    `Cannot load candles of market ${market_id} symbol ${JSON.stringify(symbol)}: ${reason}`,
    { details: { market_id, symbol }, cause },
  );
}
