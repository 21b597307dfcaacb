import { candleValues, type ExactCandles } from "../../../core/bars/mod.ts";
import type { StoredRows } from "../../../ports/candle_store.ts";

/** A row of some. */
export interface RowOf {
  readonly candles: ExactCandles;
  readonly row: number;
}

/** Takes a row; `before` is the one in whose place it comes, which keeps the further columns that the row does not have. */
export type TakeRow = (taken: RowOf, before: RowOf | null) => Promise<void> | undefined;

/** Rows of pieces, one after the other. */
class Cursor {
  readonly #pieces: AsyncIterator<ExactCandles>;
  candles: ExactCandles | null = null;
  row = 0;

  constructor(pieces: AsyncIterable<ExactCandles>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Open of the row, Infinity behind the last. */
  get openMs(): number {
    return this.candles === null ? Infinity : this.candles.tsOpenMs[this.row]!;
  }

  /** Goes to the next row; a promise only where a piece must be waited for. */
  next(): Promise<void> | undefined {
    if (this.candles !== null && ++this.row < this.candles.tsOpenMs.length) return undefined;
    return this.#load();
  }

  async #load(): Promise<void> {
    do {
      const { done, value } = await this.#pieces.next();
      this.candles = done ? null : value;
      this.row = 0;
    } while (this.candles !== null && this.candles.tsOpenMs.length === 0);
  }

  async end(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** Both of two ascending series in order of time; of rows with one time the new one is taken. */
export async function mergeRows(
  { before, rows }: {
    readonly before: AsyncIterable<ExactCandles>;
    readonly rows: AsyncIterable<ExactCandles>;
  },
  take: TakeRow,
): Promise<StoredRows> {
  const [old, given] = [new Cursor(before), new Cursor(rows)];
  const counts = { inserted: 0, replaced: 0, unchanged: 0 };
  try {
    await old.next();
    await given.next();
    while (old.candles !== null || given.candles !== null) {
      const [oldMs, givenMs] = [old.openMs, given.openMs];
      if (givenMs <= oldMs) {
        counts[givenMs < oldMs ? "inserted" : areSame(old, given) ? "unchanged" : "replaced"]++;
      }
      const from = (givenMs <= oldMs ? given : old) as RowOf;
      const replaced = givenMs === oldMs ? old as RowOf : null;
      // waiting for what is there already would take longer than the rest
      const written = take(from, replaced);
      if (written !== undefined) await written;
      for (const cursor of [old, given]) {
        if (cursor.candles === null || (cursor === old ? oldMs : givenMs) > Math.min(oldMs, givenMs)) {
          continue;
        }
        const loaded = cursor.next();
        if (loaded !== undefined) await loaded;
      }
    }
  } finally {
    await old.end();
    await given.end();
  }
  return counts;
}

function areSame(a: Cursor, b: Cursor): boolean {
  const further = [...b.candles!.further ?? []];
  return candleValues.every((name) => Object.is(a.candles![name][a.row], b.candles![name][b.row])) &&
    further.every(([name, column]) =>
      Object.is(a.candles!.further?.get(name)?.[a.row] ?? NaN, column[b.row])
    );
}
