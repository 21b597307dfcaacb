import { type ClickHouseClient, ClickHouseError } from "@clickhouse/client-web";
import type { StampedCandles } from "../../core/bars/mod.ts";
import { BacktestError, validationError } from "../../core/errors/mod.ts";
import type { CandleOrigin } from "../../ports/candle_store.ts";
import type {
  CandleTable,
  CandleTableOptions,
  CandleTableRules,
  TableInstrument,
} from "../../ports/candle_table.ts";
import { candleTableRules, type TableColumn } from "./candle_columns.ts";
import { describeQuery } from "./further_query.ts";
import { insertStatement, type ValueTypes, valueTypes } from "./candle_insert.ts";
import { stampedQuery } from "./candle_query.ts";
import { candleTableStatements, madeColumns } from "./candle_table_ddl.ts";
import { startAndEnd } from "./candle_times.ts";
import { clickHouseAddress, clickHouseClient } from "./client.ts";
import { serverReason } from "./server_reason.ts";
import type { ClickHouseSettings } from "./settings.ts";
import { StampedDecoder } from "./stamped_decoder.ts";
import { noteParameters, type NoteRow, notesQuery, noteStatement, originOf } from "./import_notes.ts";
import { minuteTable, type TimeframeTable } from "./timeframe_table.ts";
import { withinTime } from "./within_time.ts";

/** A table of the database the settings name, `canonical_candles_1m` unless given; see {@link CandleTable}. */
export class ClickHouseCandleTable implements CandleTable {
  readonly #settings: ClickHouseSettings;
  readonly #client: ClickHouseClient;
  readonly #timeoutMs: number;
  readonly #table: TimeframeTable;
  #types: ValueTypes | null = null;

  /** `timeoutMs` is what each call may take. */
  constructor(
    settings: ClickHouseSettings,
    { timeoutMs, table = minuteTable }: { readonly timeoutMs: number; readonly table?: TimeframeTable },
  ) {
    this.#settings = settings;
    this.#table = table;
    this.#timeoutMs = timeoutMs;
    this.#client = clickHouseClient(settings, { timeoutMs });
  }

  async create(options: CandleTableOptions = {}): Promise<void> {
    // a database that is not there yet cannot be the one that is asked
    const client = clickHouseClient({ ...this.#settings, database: "default" }, {
      timeoutMs: this.#timeoutMs,
    });
    for (const query of candleTableStatements(this.#settings.database, this.#table)) {
      await this.#ask("create", options, (abort_signal) => client.command({ query, abort_signal }));
    }
  }

  async check(options: CandleTableOptions = {}): Promise<CandleTableRules> {
    const columns = await this.#ask("use", options, async (abort_signal) => {
      const query = describeQuery(this.#table);
      const result = await this.#client.query({ query, format: "JSONEachRow", abort_signal });
      return await result.json<TableColumn>();
    });
    const rules = candleTableRules(columns, { table: this.#name, timeframeMs: this.#table.timeframeMs });
    this.#types = valueTypes(columns);
    return rules;
  }

  madeRules(): CandleTableRules {
    return candleTableRules(madeColumns, { table: this.#name, timeframeMs: this.#table.timeframeMs });
  }

  async list(options: CandleTableOptions = {}): Promise<readonly TableInstrument[]> {
    const origins = await this.#origins(options);
    return await this.#ask("list", options, async (abort_signal) => {
      const query =
        `SELECT toString(market_id) AS market, toString(symbol) AS symbol, toString(uniqExact(ts_open)) AS count,
  toString(toUnixTimestamp64Milli(toDateTime64(min(ts_open), 3, 'UTC'))) AS first,
  toString(toUnixTimestamp64Milli(toDateTime64(max(ts_open), 3, 'UTC'))) AS last
FROM ${this.#table.name} GROUP BY market_id, symbol ORDER BY market_id, symbol`;
      const result = await this.#client.query({ query, format: "JSONEachRow", abort_signal });
      const rows = await result.json<
        Readonly<Record<"market" | "symbol" | "count" | "first" | "last", string>>
      >();
      return rows.map(({ market, symbol, count, first, last }) => ({
        instrument: { market_id: Number(market), symbol },
        rows: Number(count),
        firstMs: Number(first),
        lastMs: Number(last),
        origins: origins.get(`${market} ${symbol}`) ?? [],
      }));
    });
  }

  async note(
    { instrument, origin }: Parameters<CandleTable["note"]>[0],
    options: CandleTableOptions = {},
  ): Promise<boolean> {
    return await this.#ask("note", options, async (abort_signal) => {
      const query_params = noteParameters({ table: this.#table.name, instrument, origin });
      return await unlessNoNotes(
        async () => {
          await this.#client.command({ query: noteStatement, query_params, abort_signal });
          return true;
        },
        false,
      );
    });
  }

  /** By market and symbol. */
  async #origins(options: CandleTableOptions): Promise<ReadonlyMap<string, readonly CandleOrigin[]>> {
    const rows = await this.#ask("list", options, (abort_signal) =>
      unlessNoNotes(async () => {
        const query_params = { table: this.#table.name };
        const result = await this.#client.query({
          query: notesQuery,
          query_params,
          format: "JSONEachRow",
          abort_signal,
        });
        return await result.json<NoteRow>();
      }, []));
    const found = new Map<string, CandleOrigin[]>();
    for (const row of rows) {
      const key = `${row.market} ${row.symbol}`;
      found.set(key, [...found.get(key) ?? [], originOf(row)]);
    }
    return found;
  }

  async load(
    { instrument, range }: Parameters<CandleTable["load"]>[0],
    options: CandleTableOptions = {},
  ): Promise<StampedCandles> {
    return await this.#ask("read", options, async (abort_signal) => {
      const { stream } = await this.#client.exec({
        query: `${stampedQuery(this.#table)}\nFORMAT Native`,
        query_params: { ...instrument, ...startAndEnd(range) },
        clickhouse_settings: { wait_end_of_query: 1 },
        abort_signal,
      });
      const decoder = new StampedDecoder();
      for await (const bytes of stream) decoder.push(bytes);
      return decoder.finish();
    });
  }

  async insert(
    { instrument, candles }: Parameters<CandleTable["insert"]>[0],
    options: CandleTableOptions = {},
  ): Promise<void> {
    if (this.#types === null) await this.check(options);
    const statement = insertStatement(candles, { table: this.#table, types: this.#types! });
    await this.#ask("write", options, (abort_signal) =>
      this.#client.command({
        query: statement,
        query_params: { ...instrument },
        // the rows are part of the statement
        clickhouse_settings: { max_query_size: String(2 * statement.length) },
        abort_signal,
      }));
  }

  get #name(): string {
    return `${this.#settings.database}.${this.#table.name}`;
  }

  async #ask<Answer>(
    verb: string,
    { signal }: CandleTableOptions,
    work: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await withinTime({ timeoutMs: this.#timeoutMs, signal }, work);
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof BacktestError) throw cause;
      const reason = `ClickHouse at ${clickHouseAddress(this.#settings)} ${serverReason(cause)}`;
      const message = `Cannot ${verb} candle table ${this.#name}: ${reason}`;
      const wrong = cause instanceof ClickHouseError ? wrongSettings[cause.code] : undefined;
      if (wrong === undefined) throw new BacktestError("market_data_unavailable", message, { cause });
      throw validationError(`${message}; look at ${wrong}`, [{ path: wrong, code: "value_error", message }]);
    }
  }
}

/** What a table of notes that is not there, or may not be used, stands for. */
async function unlessNoNotes<Answer>(ask: () => Promise<Answer>, otherwise: Answer): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ClickHouseError && ["60", "497"].includes(error.code)) return otherwise;
    throw error;
  }
}

/** Refusals that will not pass by themselves, and the settings they are about. */
const wrongSettings: Readonly<Record<string, string>> = {
  60: "CH_DATABASE",
  81: "CH_DATABASE",
  192: "CH_USER",
  193: "CH_PASSWORD",
  194: "CH_PASSWORD",
  497: "CH_USER",
  516: "CH_USER and CH_PASSWORD",
};
