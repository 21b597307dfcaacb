import {
  type CandleReading,
  candleValues,
  type ExactCandles,
  mapExact,
  reversedCandles,
} from "../../core/bars/mod.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import type { CandleFile, CandleFileRules } from "../../ports/candle_file.ts";
import { ownLimits, type ReadLimits } from "./bytes/unpack_limits.ts";
import { allFurther, type CandleSet, foundIn, openCandleSet } from "./candle_set.ts";
import { type FurtherWish, noFurther } from "./columns/further_plan.ts";
import { type CandlePaths, pathsOf } from "./read_candle_file.ts";
import { refusal } from "./rows/candle_refusal.ts";
import { ExactRows } from "./rows/exact_rows.ts";
import { fileWarnings } from "./rows/file_findings.ts";
import { placeIn } from "./rows/loaded_candles.ts";
import { ascends, timeOrder } from "./rows/time_order.ts";

const rowsPerPiece = 10_000;

/** Which files, what they are called in error texts, and how they are read. */
export interface StoredCandleFileOptions {
  readonly path: CandlePaths;
  readonly label: string;
  readonly reading?: CandleReading;
  /** What one of several files is called; its path unless given. */
  readonly nameOf?: (path: string) => string;
  /** As much as the machine takes unless given. */
  readonly limits?: ReadLimits;
}

/**
 * Files of candles in any format, as one series. Of those that follow each other in time a piece is held in memory, of a
 * Parquet file one row group; of rows from new to old, in no order, or of files that overlap all, at 48 bytes each, and 8 for each further column.
 */
export class StoredCandleFile implements CandleFile {
  readonly #options: StoredCandleFileOptions;
  #warnings: readonly string[] = [];
  #guess: string | null = null;
  #further: readonly string[] = [];
  #place = (_row: number): string => "";

  constructor(options: StoredCandleFileOptions) {
    this.#options = options;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  get guess(): string | null {
    return this.#guess;
  }

  get further(): readonly string[] {
    return this.#further;
  }

  place(row: number): string {
    return this.#place(row);
  }

  async *rows(
    rules: CandleFileRules,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ExactCandles> {
    const { path, label, reading = {}, nameOf, limits = ownLimits } = this.#options;
    try {
      const set = await openCandleSet({ paths: pathsOf(path), label, reading, signal, nameOf, limits });
      this.#guess = set.guess;
      const { wish, leftOut } = rules.further === "all" ? allFurther(set) : { wish: noFurther, leftOut: [] };
      this.#further = wish.names;
      const sink = new ExactRows({ ...rules, further: wish.names, stamp: reading.stamp ?? "open" });
      let rows = 0;
      for await (const piece of this.#read(set, { sink, reading, wish, rowsMax: limits.rowsMax })) {
        rows += piece.tsOpenMs.length;
        if (rows > limits.rowsMax) throw tooManyRows(label, limits);
        yield piece;
      }
      this.#warnings = fileWarnings({ ...foundIn(set), leftOut, looksLikeCloses: false });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BacktestError) throw error;
      throw refusal({ label }, unreadable(error));
    }
  }

  async *#read(
    set: CandleSet,
    { sink, reading, wish, rowsMax }: {
      readonly sink: ExactRows;
      readonly reading: CandleReading;
      readonly wish: FurtherWish;
      readonly rowsMax: number;
    },
  ): AsyncGenerator<ExactCandles> {
    const { parts, label } = set;
    const takesTurns = parts.length > 1 || (reading.duplicates ?? "refuse") !== "refuse" || reading.sort;
    const mustHold = takesTurns && (!set.isInOrder || parts.length === 1 || reading.timeZone !== undefined);
    const starts: number[] = [];
    let rows = 0;
    let lastMs = -Infinity;
    this.#place = placeIn(parts, starts);
    const take = () => {
      const piece = sink.take();
      const { tsOpenMs } = piece;
      if (tsOpenMs.length > 0 && !(tsOpenMs[0]! > lastMs) && parts.length > 1) {
        throw refusal(
          { label },
          `${parts.at(starts.length - 1)!.label} begins before the file before it ends`,
        );
      }
      lastMs = tsOpenMs.at(-1) ?? lastMs;
      rows += tsOpenMs.length;
      return piece;
    };
    for (const part of parts) {
      starts.push(rows + sink.count);
      for await (const _ of part.steps(sink, wish)) {
        if (sink.count > rowsMax) throw tooManyRows(label, { rowsMax });
        if (!mustHold && sink.count >= rowsPerPiece && !part.found().descends) yield take();
      }
      if (!mustHold && parts.length > 1 && sink.count > 0) yield take();
    }
    if (sink.count === 0) return;
    const descends = parts.length === 1 && parts[0]!.found().descends;
    if (!mustHold && !descends) yield take();
    else yield* pieces(this.#ordered(sink.take(), { set, starts, reading, descends }));
  }

  #ordered(
    candles: ExactCandles,
    { set: { parts, label }, starts, reading, descends }: {
      readonly set: CandleSet;
      readonly starts: readonly number[];
      readonly reading: CandleReading;
      readonly descends: boolean;
    },
  ): ExactCandles {
    const count = candles.tsOpenMs.length;
    const place = placeIn(parts, starts);
    const { duplicates = "refuse" } = reading;
    if (descends && duplicates === "refuse") {
      this.#place = (row) => place(count - 1 - row);
      return reversedCandles(candles);
    }
    if (ascends(candles.tsOpenMs)) return candles;
    const columns = [...candleValues.map((name) => candles[name]), ...candles.further?.values() ?? []];
    const order = timeOrder({
      label,
      times: candles.tsOpenMs,
      starts,
      duplicates,
      same: (row, other) => columns.every((column) => Object.is(column[row], column[other])),
      place,
    });
    this.#place = (row) => place(order[row]!);
    return mapExact(candles, (column) => Float64Array.from(order, (row) => column[row]!));
  }
}

function* pieces(candles: ExactCandles): Generator<ExactCandles> {
  for (let from = 0; from < candles.tsOpenMs.length; from += rowsPerPiece) {
    yield mapExact(candles, (column) => column.slice(from, from + rowsPerPiece));
  }
}

function tooManyRows(label: string, { rowsMax }: Pick<ReadLimits, "rowsMax">): BacktestError {
  return refusal({ label }, `it has more than ${rowsMax} rows; bring it in pieces`);
}

function unreadable(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "no such file";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a directory";
  return cause instanceof Error ? cause.message : String(cause);
}
