import { candleFault, type CandleRow, shownF32 } from "./bad_candle.ts";

/** A row that no candle can be like. */
export interface BadRow {
  /** Its place among the rows judged, from 0. */
  readonly row: number;
  readonly openMs: number;
  /** What is wrong, with the value. */
  readonly fault: string;
}

/** Jumps to a level at which prices stay. */
export interface NewLevels {
  readonly count: number;
  /** The row that made the first of them, and how far it jumped. */
  readonly first: BadRow;
}

/** A price this many times another is no move of a market when the next rows are back where it came from. */
const jumpFactor = 50;

/** A jump that lasts longer is a new level, such as a redenomination. */
const jumpRowsMax = 10;

/**
 * Looks at rows one after the other, in order of time, for those that no candle can be like: high below low, open or
 * close outside of them, a price not above 0, a negative volume, a value that is no finite f32, and a jump of more than
 * 50 times that is gone within ten rows. Values are looked at as the f32 they become, so that rounding decides alike
 * wherever they come from.
 */
export class CandleJudge {
  #count = 0;
  #lastClose = NaN;
  /** Rows that jumped away and are not back yet. */
  #away: BadRow[] = [];
  readonly #bad: number[] = [];
  #first: BadRow | null = null;
  #levels: NewLevels | null = null;

  /** Judges the next row. */
  take(openMs: number, row: CandleRow): void {
    const index = this.#count++;
    const fault = candleFault(row);
    if (fault !== null) return this.#condemn({ row: index, openMs, fault });
    const jumped = this.#jumpOf(row);
    if (jumped === null) {
      for (const { fault, ...away } of this.#away) {
        this.#condemn({ ...away, fault: `${fault}, to which prices return` });
      }
    } else if (this.#away.length < jumpRowsMax) {
      this.#away.push({ row: index, openMs, fault: jumped });
      return;
    } else {
      this.#levels = this.newLevels;
    }
    this.#away.length = 0;
    if (!Number.isNaN(row.close)) this.#lastClose = row.close;
  }

  /** Rows judged. */
  get count(): number {
    return this.#count;
  }

  /** The bad ones so far, ascending. */
  get bad(): readonly number[] {
    return this.#bad.toSorted((a, b) => a - b);
  }

  /** The first of them by place, null while there are none. */
  get first(): BadRow | null {
    return this.#first;
  }

  /** Jumps so far that were not gone within ten rows, or not yet; null while there are none. */
  get newLevels(): NewLevels | null {
    const [row] = this.#away;
    if (row === undefined) return this.#levels;
    return { count: (this.#levels?.count ?? 0) + 1, first: this.#levels?.first ?? row };
  }

  #condemn(bad: BadRow): void {
    this.#bad.push(bad.row);
    if (this.#first === null || bad.row < this.#first.row) this.#first = bad;
  }

  #jumpOf(row: CandleRow): string | null {
    const last = this.#lastClose;
    const [above, below] = [last * jumpFactor, last / jumpFactor];
    if (
      !(row.high > above || row.low < below || row.close > above || row.close < below || row.open > above ||
        row.open < below)
    ) return null;
    const name = (["close", "open", "high", "low"] as const)
      .find((name) => row[name] > above || row[name] < below)!;
    return `${name} ${shownF32(row[name])} is more than ${jumpFactor} times off the close ${
      shownF32(last)
    } before`;
  }
}
