import type { DateOrder } from "../../../core/bars/mod.ts";
import { FieldCursor } from "./field_cursor.ts";
import type { PlainTime } from "./plain_time.ts";
import { am, months, pm, t, utcNames, weekdays, wholeYear } from "./time_words.ts";

const zero = 48;
const blank = 32;
const comma = 44;
const dash = 45;
const plus = 43;
const colon = 58;
const point = 46;
const semicolon = 59;

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** How times of a file are written, beyond what each of them tells. */
export interface TimeForm {
  /** Of dates that do not begin with the year. */
  readonly order: DateOrder;
  /** Digits of a time of day without separators: 4 for `930`, 6 for `93000`. */
  readonly clockDigits: 4 | 6;
}

/**
 * Reads dates and times from the bytes of a field: `2024-01-31T09:30:00.250+01:00`, `2024.01.31 09:30`, `20240131 093000`,
 * `20240131093000`, `31.01.2024 09:30:00.000 GMT+0100`, `1/31/24 9:30 PM`, `31-Jan-2024`, `Jan 31, 2024`, `Wed, 31 Jan 2024 09:30:00 GMT`. Finer parts than
 * milliseconds are cut. Names of zones other than UTC and GMT are not read here.
 */
export class TimeScanner extends FieldCursor {
  /** What the last scan that succeeded has read. */
  readonly time: PlainTime = { localMs: NaN, zone: null, isDate: false };
  readonly #form: TimeForm;
  /** Whether the date had a time of day in it. */
  #hasClock = false;
  #heldDay = { year: NaN, month: NaN, day: NaN, ms: NaN };

  constructor(form: TimeForm) {
    super();
    this.#form = form;
  }

  /** Whether `[from, to)` is a date, with a time of day perhaps. */
  scan(
    bytes: Uint8Array<ArrayBuffer>,
    { from, to }: { readonly from: number; readonly to: number },
  ): boolean {
    this.begin(bytes, { from, to });
    this.#weekday();
    const dayMs = this.#date();
    if (Number.isNaN(dayMs)) return false;
    this.time.zone = null;
    this.time.isDate = this.at === this.to && !this.#hasClock;
    this.time.localMs = dayMs;
    if (this.at === this.to) return true;
    if (this.#hasClock) return this.#zone() && this.at === this.to;
    if (!this.#gap()) return false;
    const clockMs = this.#clock();
    this.time.localMs = dayMs + clockMs;
    return !Number.isNaN(clockMs) && this.#zone() && this.at === this.to;
  }

  /** Whether `[from, to)` is a time of day; what it adds to {@link time}, whose zone it sets. */
  scanClock(
    bytes: Uint8Array<ArrayBuffer>,
    { from, to }: { readonly from: number; readonly to: number },
  ): boolean {
    this.begin(bytes, { from, to });
    const clockMs = this.#clock();
    if (Number.isNaN(clockMs) || !this.#zone() || this.at !== this.to) return false;
    this.time.localMs += clockMs;
    this.time.isDate = false;
    return true;
  }

  /** Passes over the name of a day: `Mon, 06 Jan 2025`. */
  #weekday(): void {
    const from = this.at;
    if (!this.isLetter()) return;
    if (!weekdays.has(this.letters())) {
      this.at = from;
      return;
    }
    this.separators();
  }

  #date(): number {
    this.#hasClock = false;
    if (this.isLetter()) {
      const month = months.get(this.letters());
      if (month === undefined) return NaN;
      this.separators();
      const day = this.number(2);
      this.separators();
      return this.#day({ year: this.#year(), month, day });
    }
    const first = this.number(14);
    const digits = this.digits;
    this.#hasClock = digits === 14 || digits === 12;
    if (digits === 8) return this.#packedDay(first);
    if (this.#hasClock) return this.#packedTime(digits === 14 ? first : first * 100);
    if (!this.separator()) return NaN;
    if (this.isLetter()) {
      const month = months.get(this.letters());
      if (month === undefined || digits > 2) return NaN;
      this.separators();
      return this.#day({ year: this.#year(), month, day: first });
    }
    const second = this.number(2);
    if (!this.separator()) return NaN;
    if (digits === 4) return this.#day({ year: first, month: second, day: this.number(2) });
    if (digits > 2) return NaN;
    const { order } = this.#form;
    if (order === "ymd") {
      return this.#day({ year: wholeYear(first), month: second, day: this.number(2) });
    }
    const year = this.#year();
    return this.#day(
      order === "dmy" ? { year, month: second, day: first } : { year, month: first, day: second },
    );
  }

  #year(): number {
    const year = this.number(4);
    return this.digits === 4 ? year : this.digits === 2 ? wholeYear(year) : NaN;
  }

  #packedDay(packed: number): number {
    return this.#day({
      year: Math.floor(packed / 10_000),
      month: Math.floor(packed / 100) % 100,
      day: packed % 100,
    });
  }

  /** `YYYYMMDDHHMMSS` */
  #packedTime(packed: number): number {
    const dayMs = this.#packedDay(Math.floor(packed / 1e6));
    const [hours, minutes, seconds] = [
      Math.floor(packed / 1e4) % 100,
      Math.floor(packed / 100) % 100,
      packed % 100,
    ];
    if (hours > 23 || minutes > 59 || seconds > 59) return NaN;
    return dayMs + hours * hourMs + minutes * minuteMs + seconds * 1000;
  }

  #day(
    { year, month, day }: { readonly year: number; readonly month: number; readonly day: number },
  ): number {
    const held = this.#heldDay;
    if (held.day === day && held.month === month && held.year === year) return held.ms;
    if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN;
    const ms = Date.UTC(year, month - 1, day);
    if (day > 28 && new Date(ms).getUTCDate() !== day) return NaN;
    this.#heldDay = { year, month, day, ms };
    return ms;
  }

  /** What stands between date and time. */
  #gap(): boolean {
    const byte = this.bytes[this.at];
    if (byte === dash || byte === semicolon || byte === colon || byte === comma) this.at++;
    else if (byte !== blank) {
      return this.isLetter() && this.letters() === t;
    }
    this.blanks();
    return true;
  }

  #clock(): number {
    const hours = this.number(6);
    const digits = this.digits;
    if (digits === 0) return NaN;
    if (this.bytes[this.at] !== colon || this.at >= this.to) return this.#packedClock(hours);
    this.at++;
    const minutes = this.number(2);
    if (digits > 2 || this.digits !== 2) return NaN;
    let ms = 0;
    if (this.bytes[this.at] === colon && this.at < this.to) {
      this.at++;
      const seconds = this.number(2);
      if (this.digits !== 2 || seconds > 59) return NaN;
      ms = seconds * 1000 + this.#fraction();
    }
    return this.#halfDay(hours, minutes * minuteMs + ms, minutes);
  }

  #packedClock(value: number): number {
    const isLong = this.#form.clockDigits === 6 || this.digits > 4;
    const whole = isLong ? value : value * 100;
    const [hours, minutes, seconds] = [Math.floor(whole / 1e4), Math.floor(whole / 100) % 100, whole % 100];
    if (seconds > 59) return NaN;
    return this.#halfDay(hours, minutes * minuteMs + seconds * 1000 + this.#fraction(), minutes);
  }

  #halfDay(hours: number, ms: number, minutes: number): number {
    if (minutes > 59) return NaN;
    this.blanks();
    const from = this.at;
    const letters = this.#halfName();
    if (letters !== am && letters !== pm) {
      this.at = from;
      return hours <= 23 ? hours * hourMs + ms : NaN;
    }
    if (hours < 1 || hours > 12) return NaN;
    return (hours % 12 + (letters === pm ? 12 : 0)) * hourMs + ms;
  }

  /** `PM`, `pm`, `p.m.` */
  #halfName(): number {
    if (!this.isLetter()) return NaN;
    const key = this.letters();
    if (this.bytes[this.at] !== point || this.at >= this.to) return key;
    this.at++;
    const dotted = this.isLetter() ? key * 32 + this.letters() : key;
    if (this.bytes[this.at] === point && this.at < this.to) this.at++;
    return dotted;
  }

  #fraction(): number {
    const byte = this.bytes[this.at];
    if (this.at >= this.to || (byte !== point && byte !== comma)) return 0;
    this.at++;
    let ms = 0;
    for (let scale = 100; this.isDigit(); this.at++, scale /= 10) {
      if (scale >= 1) ms += (this.bytes[this.at]! - zero) * scale;
    }
    return ms;
  }

  /** Nothing, `Z`, `UTC`, an offset, or both, and behind an offset the name of its zone; false for anything else. */
  #zone(): boolean {
    this.blanks();
    if (this.at === this.to) return true;
    return this.#offset() && this.#name();
  }

  /** Passes over `EST`, `(Coordinated Universal Time)` or `[America/New_York]` behind an offset, which says the same. */
  #name(): boolean {
    this.blanks();
    const [byte, last] = [this.bytes[this.at], this.bytes[this.to - 1]];
    if (this.at === this.to) return true;
    const isEnclosed = (byte === 40 && last === 41) || (byte === 91 && last === 93);
    if (isEnclosed) this.at = this.to;
    else if (this.bytes[this.at - 1] === blank) this.letters();
    return this.at === this.to;
  }

  #offset(): boolean {
    if (this.isLetter()) {
      if (!utcNames.has(this.letters())) return false;
      this.time.zone = 0;
      if (this.at === this.to) return true;
    }
    const sign = this.bytes[this.at];
    if (sign !== plus && sign !== dash) return false;
    this.at++;
    let hours = this.number(4);
    let minutes = 0;
    if (this.digits > 2) [hours, minutes] = [Math.floor(hours / 100), hours % 100];
    else if (this.bytes[this.at] === colon && this.at < this.to) {
      this.at++;
      minutes = this.number(2);
    }
    if (this.digits === 0 || hours > 23 || minutes > 59) return false;
    const offsetMs = hours * hourMs + minutes * minuteMs;
    this.time.zone = sign === dash ? 0 - offsetMs : offsetMs;
    return true;
  }
}
