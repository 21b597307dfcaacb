import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { candleValues, type ExactCandles } from "../../../core/bars/mod.ts";

/** Rows of a row group; a file depends on it, so it must not change. */
const groupRows = 100_000;

const schema: SchemaElement[] = [
  { name: "root", num_children: 1 + candleValues.length },
  {
    name: "ts_open",
    type: "INT64",
    repetition_type: "REQUIRED",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  ...candleValues.map((name) => ({ name, type: "DOUBLE" as const, repetition_type: "OPTIONAL" as const })),
];

/**
 * Writes rows into a Parquet file with the columns that readers know, a row group at a time. The same rows give the same
 * bytes, in whatever pieces they come.
 */
export class ParquetRows {
  readonly #file: Deno.FsFile;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  readonly #columns = Array.from({ length: 1 + candleValues.length }, () => new Float64Array(groupRows));
  #count = 0;

  constructor(file: Deno.FsFile) {
    this.#file = file;
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema, createdBy: "backtest-job-runner" });
  }

  /** Adds one row of some; a promise where a row group is written. */
  add({ tsOpenMs, ...values }: ExactCandles, row: number): Promise<void> | undefined {
    this.#columns[0]![this.#count] = tsOpenMs[row]!;
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
      ...candleValues.map((name, index) => ({
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
