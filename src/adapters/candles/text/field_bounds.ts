const quote = 34;
const blank = 32;

/** Where the fields of a line begin and end, without blanks and quotes around them. */
export class FieldBounds {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #delimiter: number;
  readonly #fields: number;

  /** `fields` is how many there should be. */
  constructor({ delimiter, fields }: { readonly delimiter: number; readonly fields: number }) {
    this.#delimiter = delimiter;
    this.#fields = fields;
    this.starts = new Int32Array(fields);
    this.ends = new Int32Array(fields);
  }

  /** Whether the line has just so many fields, with quotes that can be taken away. */
  find(bytes: Uint8Array, { from, to }: { readonly from: number; readonly to: number }): boolean {
    const delimiter = this.#delimiter;
    let at = from;
    for (let field = 0; field < this.#fields; field++) {
      while (at < to && bytes[at] === blank) at++;
      if (bytes[at] === quote && at < to) {
        const start = ++at;
        while (at < to && bytes[at] !== quote) at++;
        if (at === to) return false;
        this.#set(bytes, { field, start, end: at });
        at++;
        while (at < to && bytes[at] === blank) at++;
        if (at < to && bytes[at] !== delimiter) return false;
      } else {
        const start = at;
        while (at < to && bytes[at] !== delimiter) at++;
        this.#set(bytes, { field, start, end: at });
      }
      if (at === to) return field === this.#fields - 1;
      at++;
    }
    // behind the last of fields between blanks there may be more of these
    while (delimiter === blank && at < to && bytes[at] === blank) at++;
    return delimiter === blank && at === to;
  }

  #set(
    bytes: Uint8Array,
    { field, start, end }: { readonly field: number; readonly start: number; readonly end: number },
  ): void {
    let [from, to] = [start, end];
    while (from < to && bytes[from] === blank) from++;
    while (to > from && bytes[to - 1] === blank) to--;
    this.starts[field] = from;
    this.ends[field] = to;
  }
}
