import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { candleValues } from "../../../core/bars/mod.ts";
import type { RowOf } from "./merge_rows.ts";

/** Rows of a row group; a file depends on it, so it must not change. */
const groupRows = 100_000;

const schemaOf = (names: readonly string[]): SchemaElement[] => [
  { name: "root", num_children: 1 + names.length },
  {
    name: "ts_open",
    type: "INT64",
    repetition_type: "REQUIRED",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  ...names.map((name) => ({ name, type: "DOUBLE" as const, repetition_type: "OPTIONAL" as const })),
];

/**
 * Writes rows into a Parquet file with the columns that readers know and further ones, a row group at a time. The same rows give the same
 * bytes, in whatever pieces they come.
 */
export class ParquetRows {
  readonly #file: Deno.FsFile;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  /** Names of all columns but that of times. */
  readonly #names: readonly string[];
  readonly #further: readonly string[];
  readonly #columns: readonly Float64Array<ArrayBuffer>[];
  #count = 0;

  /** `further` names the further columns. */
  constructor(file: Deno.FsFile, further: readonly string[]) {
    this.#file = file;
    this.#further = further;
    this.#names = [...candleValues, ...further];
    this.#columns = Array.from({ length: 1 + this.#names.length }, () => new Float64Array(groupRows));
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaOf(this.#names),
      createdBy: "backtest-job-runner",
    });
  }

  /**
   * Adds a row; a promise where a row group is written. A further column that it does not have is that of the row in whose
   * place it comes.
   */
  add({ candles, row }: RowOf, before: RowOf | null): Promise<void> | undefined {
    const { tsOpenMs, further, ...values } = candles;
    this.#columns[0]![this.#count] = tsOpenMs[row]!;
    for (let index = 0; index < this.#further.length; index++) {
      const name = this.#further[index]!;
      this.#columns[1 + candleValues.length + index]![this.#count] = further?.get(name)?.[row] ??
        before?.candles.further?.get(name)?.[before.row] ?? NaN;
    }
    for (let index = 0; index < candleValues.length; index++) {
      this.#columns[index + 1]![this.#count] = values[candleValues[index]!][row]!;
    }
    return ++this.#count === groupRows ? this.#writeGroup() : undefined;
  }

  /** Ends the file and brings it to the disk; it stays open. */
  async finish(): Promise<void> {
    if (this.#count > 0) await this.#writeGroup();
    this.#writer.finish();
    await this.#flush();
    await this.#file.syncData();
  }

  async #writeGroup(): Promise<void> {
    const [times, ...values] = this.#columns.map((column) => column.subarray(0, this.#count));
    const columnData = [
      { name: "ts_open", data: BigInt64Array.from(times!, BigInt) },
      ...this.#names.map((name, index) => ({
        name,
        data: Array.from(values[index]!, (value) => Number.isNaN(value) ? null : value),
      })),
    ];
    this.#writer.write({ columnData, rowGroupSize: groupRows });
    this.#count = 0;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = this.#bytes.getBytes();
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    this.#bytes.index = 0;
  }
}
