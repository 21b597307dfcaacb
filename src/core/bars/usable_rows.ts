import type { CandleColumns, TimeRange } from "./candles.ts";

/** Indexes of the rows that count, ascending by time, one per time; without a list where they follow each other. */
export interface UsableRows {
  readonly length: number;
  /** Index into the columns of the row at a place from 0. */
  at(place: number): number;
}

/** The rows of a range; of two rows with the same time the later one. */
export function usableRows({ tsOpenMs }: Pick<CandleColumns, "tsOpenMs">, range: TimeRange): UsableRows {
  const isIn = (openMs: number) => openMs >= range.startMs && openMs < range.endMs;
  let from = 0;
  while (from < tsOpenMs.length && !isIn(tsOpenMs[from]!)) from++;
  let to = from;
  while (to < tsOpenMs.length && isIn(tsOpenMs[to]!) && !(to > from && tsOpenMs[to]! <= tsOpenMs[to - 1]!)) {
    to++;
  }
  let rest = to;
  while (rest < tsOpenMs.length && !isIn(tsOpenMs[rest]!)) rest++;
  if (rest === tsOpenMs.length) return new Following(from, to - from);
  return new Listed(sortedDistinct(tsOpenMs.length, { tsOpenMs, isIn }));
}

class Following implements UsableRows {
  readonly #from: number;
  readonly length: number;

  constructor(from: number, length: number) {
    this.#from = from;
    this.length = length;
  }

  at(place: number): number {
    return this.#from + place;
  }
}

class Listed implements UsableRows {
  readonly #rows: Uint32Array;
  readonly length: number;

  constructor(rows: Uint32Array) {
    this.#rows = rows;
    this.length = rows.length;
  }

  at(place: number): number {
    return this.#rows[place]!;
  }
}

function sortedDistinct(
  count: number,
  { tsOpenMs, isIn }: { readonly tsOpenMs: Float64Array; readonly isIn: (openMs: number) => boolean },
): Uint32Array {
  const rows = Uint32Array.from({ length: count }, (_, row) => row).filter((row) => isIn(tsOpenMs[row]!));
  rows.sort((a, b) => tsOpenMs[a]! - tsOpenMs[b]! || a - b);
  return rows.filter((row, i) => i + 1 === rows.length || tsOpenMs[rows[i + 1]!] !== tsOpenMs[row]);
}
