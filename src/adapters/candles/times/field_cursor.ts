const zero = 48;
const blank = 32;
const comma = 44;
const dash = 45;
const point = 46;
const slash = 47;

/** Goes through the bytes of a field. */
export class FieldCursor {
  bytes = new Uint8Array(0);
  /** The next byte. */
  at = 0;
  /** Behind the last one. */
  to = 0;
  /** Of the last number that was read. */
  digits = 0;

  /** Goes to the first byte of `[from, to)` that is no blank, and leaves those behind the last one. */
  begin(bytes: Uint8Array<ArrayBuffer>, { from, to }: { readonly from: number; readonly to: number }): void {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
    while (this.to > this.at && bytes[this.to - 1] === blank) this.to--;
    this.blanks();
  }

  /** Digits up to so many; how many there were is in `digits`. */
  number(digitsMax: number): number {
    let value = 0;
    const from = this.at;
    while (this.isDigit() && this.at - from < digitsMax) {
      value = value * 10 + (this.bytes[this.at++]! - zero);
    }
    this.digits = this.isDigit() ? 0 : this.at - from;
    return this.digits === 0 ? NaN : value;
  }

  /** Key of the letters that follow; see {@link letterKey}. */
  letters(): number {
    let key = 0;
    const from = this.at;
    while (this.isLetter()) {
      if (this.at - from < 3) key = key * 32 + (this.bytes[this.at]! & 31);
      this.at++;
    }
    return key;
  }

  /** Passes over one of `-./` or a blank, if there is one. */
  separator(): boolean {
    const byte = this.bytes[this.at];
    if (this.at >= this.to || (byte !== dash && byte !== point && byte !== slash && byte !== blank)) {
      return false;
    }
    this.at++;
    return true;
  }

  /** As after names of months: any of them. */
  separators(): void {
    while (this.separator() || this.bytes[this.at] === comma) {
      if (this.bytes[this.at] === comma) this.at++;
    }
  }

  /** Passes over blanks. */
  blanks(): void {
    while (this.at < this.to && this.bytes[this.at] === blank) this.at++;
  }

  /** Whether a digit is next. */
  isDigit(): boolean {
    const byte = this.bytes[this.at]!;
    return this.at < this.to && byte >= zero && byte <= zero + 9;
  }

  /** Whether a letter is next. */
  isLetter(): boolean {
    const byte = this.bytes[this.at]! | 32;
    return this.at < this.to && byte >= 97 && byte <= 122;
  }
}
