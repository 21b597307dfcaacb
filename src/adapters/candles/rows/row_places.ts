/** On which line of a file each row is; takes room for what breaks the sequence only. */
export class RowPlaces {
  /** Rows after which lines do not follow each other, with the line of each. */
  readonly #rows: number[] = [];
  readonly #lines: number[] = [];
  #count = 0;
  #expected = NaN;

  /** Adds the next row. */
  add(line: number): void {
    if (line !== this.#expected) {
      this.#rows.push(this.#count);
      this.#lines.push(line);
    }
    this.#count++;
    this.#expected = line + 1;
  }

  /** Line of a row that was added, both from where they are counted. */
  lineOf(row: number): number {
    let [low, high] = [0, this.#rows.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle]! <= row) low = middle;
      else high = middle;
    }
    return this.#lines[low]! + row - this.#rows[low]!;
  }
}
