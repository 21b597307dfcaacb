import { type DateOrder, isStamp, unitOf } from "../../../core/bars/mod.ts";
import { type TimeForm, TimeScanner } from "./time_scanner.ts";

/** A date of three numbers of which the first is no year: day and month may be either way round. */
const dayAndMonth = /^\s*(\d{1,2})([-./ ])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/;

/** What the dates of a column say about their order, more with each that is taken. */
export class DateOrders {
  #first = 0;
  #second = 0;
  #seen = 0;
  #separator = "";

  /** Looks at a date. */
  take(text: string): void {
    const match = dayAndMonth.exec(text);
    if (match === null) return;
    this.#seen++;
    this.#separator = match[2]!;
    this.#first = Math.max(this.#first, Number(match[1]));
    this.#second = Math.max(this.#second, Number(match[3]));
  }

  /** Whether there was a date that may be read in more than one way. */
  get matters(): boolean {
    return this.#seen > 0;
  }

  /** Null where the dates so far leave it open. Dates with points begin with the day wherever they are used. */
  get order(): DateOrder | null {
    if (!this.matters) return "ymd";
    if (this.#first > 31) return "ymd";
    if (this.#first > 12) return "dmy";
    if (this.#second > 12) return "mdy";
    return this.#separator === "." ? "dmy" : null;
  }
}

/** Digits of clocks such as `930` or `93000`, from some of them. */
export function clockDigitsOf(texts: readonly string[]): 4 | 6 {
  return texts.some((text) => /^\d{5,6}(\.\d+)?$/.test(text.trim())) ? 6 : 4;
}

/** Whether a number is a date, or a date and time, without separators: `20240131`, not an epoch stamp. */
export function isPackedTime(text: string): boolean {
  return /^(\d{8}|\d{12}|\d{14})$/.test(text) && unitOf(text) === null && isTimeText(text);
}

const anyForm: TimeForm = { order: "dmy", clockDigits: 4 };
const american: TimeForm = { order: "mdy", clockDigits: 4 };
const scanners = [new TimeScanner(anyForm), new TimeScanner(american)];
let foundBy: TimeScanner | undefined;
const encoder = new TextEncoder();

/** Whether a text is a date, or a date and time, in some order. */
export function isTimeText(text: string): boolean {
  const bytes = encoder.encode(text.slice(0, 100).replace(/ [A-Za-z][A-Za-z0-9_+-]*\/[A-Za-z0-9_+/-]*$/, ""));
  foundBy = scanners.find((scanner) => scanner.scan(bytes, { from: 0, to: bytes.length }));
  return foundBy !== undefined;
}

/** Roughly the time of a stamp or a text, in the order of those of its column; NaN for what is neither. */
export function roughTime(text: string): number {
  if (isStamp(text) && !isPackedTime(text)) return Number(text);
  return isTimeText(text) ? foundBy!.time.localMs : NaN;
}

/** Whether a text is a time of day: `09:30`, `9:30:00 PM`, `093000`. */
export function isClockText(text: string): boolean {
  // a time of day that does not exist is refused as one
  const bytes = encoder.encode(text.slice(0, 40).replace(/^24(?=:?00)/, "00"));
  return scanners[0]!.scanClock(bytes, { from: 0, to: bytes.length });
}
