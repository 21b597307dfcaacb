import {
  areToldSerials,
  type CandleReading,
  candleTimes,
  isSerial,
  isStamp,
  isTold,
  isToldSerial,
  plainStamp,
  serialMs,
  stampMs,
  type StatedUnit,
  type TimeUnit,
  unitOf,
} from "../../../core/bars/mod.ts";
import { shown, shownTime } from "../../../core/text/mod.ts";
import type { PlainTime } from "./plain_time.ts";
import { readPlainStamp } from "../text/plain_row.ts";
import { RowFault } from "../rows/row_fault.ts";
import { TextTimes } from "./text_times.ts";
import { isPackedTime } from "./time_form.ts";
import { type TimeForm, TimeScanner } from "./time_scanner.ts";

/** What is known before the first row is read. */
export interface TimeColumnOptions {
  readonly reading: CandleReading;
  /** The column's last value; null where there is none, or it cannot be looked at. */
  readonly last: string | null;
  /** The column's first value; without it no column is told to hold days of a spreadsheet. */
  readonly first?: string | undefined;
  readonly form?: TimeForm;
  /** Whether the last value belongs to the rows that are read, and so tells whether they ascend. */
  readonly lastIsRead?: boolean;
}

/** Where a field lies, and the one with its time of day. */
export interface FieldSpan {
  readonly from: number;
  readonly to: number;
  readonly clock?: { readonly from: number; readonly to: number };
}

/** How it is said that numbers were taken for days. */
export const daysGuess = "times in days of a spreadsheet (1900 system)";

const isoForm: TimeForm = { order: "ymd", clockDigits: 4 };

const unitNames: Readonly<Record<StatedUnit, string>> = {
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  days: "days of a spreadsheet",
};

/**
 * The times of a file, row after row. What the column is (texts, or stamps of one unit) and whether it ascends is told
 * from its last row, so that a row that does not fit can be named when it comes. All methods throw a {@link RowFault}.
 */
export class TimeColumn {
  readonly #reading: CandleReading;
  readonly #texts: TextTimes;
  readonly #scanner: TimeScanner;
  readonly #stamp = new Float64Array(1);
  readonly #last: string | null;
  readonly #unit: StatedUnit | null;
  /** Whether rows need not be in order, and whether some may be of one time. */
  readonly #anyOrder: boolean;
  readonly #mayRepeat: boolean;
  readonly #lastIsRead: boolean;
  /** Of floats with exponents: where one of them has many digits, none was cut. */
  readonly #digitsMin: number | undefined;
  #hasStamps: boolean | null;
  #isPacked: boolean | null = null;
  /** 1: times ascend, -1: they descend, 0: not known yet. */
  #direction: 1 | -1 | 0 = 0;
  #previousMs = NaN;
  /** In which unit the row before would be told to be; null where in none. */
  #unitBefore: StatedUnit | null = null;

  constructor({ reading, last, first, form = isoForm, lastIsRead = true }: TimeColumnOptions) {
    this.#reading = reading;
    this.#scanner = new TimeScanner(form);
    this.#texts = new TextTimes({ zone: reading.timeZone ?? null, form });
    const areFloats = [first, last].some((text) =>
      text !== null && text !== undefined && plainStamp(text) !== text
    );
    this.#digitsMin = areFloats ? 2 : undefined;
    this.#last = last === null ? null : plainStamp(last, this.#digitsMin);
    this.#lastIsRead = lastIsRead;
    this.#anyOrder = reading.sort ?? false;
    this.#mayRepeat = this.#anyOrder || (reading.duplicates ?? "refuse") !== "refuse";
    if (this.#anyOrder) this.#direction = 1;
    this.#unit = reading.timeUnit ??
      (last === null ? null : unitOf(this.#last!) ?? (areToldSerials(first ?? "", last) ? "days" : null));
    this.#hasStamps = last === null
      ? null
      : this.#isStamp(this.#last!)
      ? true
      : this.#texts.isTime(last)
      ? false
      : null;
  }

  /** Numbers are dates without separators where the last one is. */
  #isStamp(text: string): boolean {
    if (this.#unit === "days" && isSerial(text)) return true;
    if (!isStamp(text)) return false;
    this.#isPacked ??= this.#reading.timeUnit === undefined && isPackedTime(this.#last ?? text);
    return !this.#isPacked;
  }

  /** Unit of epoch stamps; null for texts and days, and while it is not known. */
  get unit(): TimeUnit | null {
    return this.#hasStamps && this.#unit !== "days" ? this.#unit : null;
  }

  /** What `--time-unit` would say; null for texts, and while it is not known. */
  get statedUnit(): StatedUnit | null {
    return this.#hasStamps ? this.#unit : null;
  }

  /** Whether any time so far had no offset and was read as UTC without being told to. */
  get sawNaive(): boolean {
    return this.#texts.sawNaive;
  }

  /** Epoch ms of a value of the column, an hour off perhaps where clocks change; NaN where it is none. */
  roughly(given: string): number {
    const text = plainStamp(given);
    if (this.#isStamp(text)) return this.#unit === null ? NaN : msOf(text, this.#unit) ?? NaN;
    return this.#texts.isTime(text) ? this.#texts.roughly(text) : NaN;
  }

  /** Whether the rows come newest first. */
  get descends(): boolean {
    return this.#direction < 0;
  }

  /** Takes the time of a row that was read as a stamp of `unit`; false where {@link take} must look closer. */
  takePlain(epochMs: number): boolean {
    if (this.#direction === 0 || !isTold(epochMs)) return false;
    if (this.#unitBefore !== null && this.#unitBefore !== this.#unit) return false;
    if (!this.#follows(epochMs)) return false;
    this.#previousMs = epochMs;
    this.#unitBefore = this.#unit;
    return true;
  }

  /** Takes a time that was read from a row's bytes, returns it as epoch ms; NaN where {@link take} must look closer. */
  takePlainText({ localMs, zone, isDate }: PlainTime): number {
    if (this.#direction === 0 || this.#hasStamps !== false || this.#reading.timeUnit !== undefined) {
      return NaN;
    }
    const epochMs = zone !== null
      ? localMs - zone
      : isDate
      ? localMs
      : this.#texts.momentOf(localMs, this.#context);
    if (!(epochMs >= candleTimes.startMs && this.#follows(epochMs))) return NaN;
    this.#previousMs = epochMs;
    return epochMs;
  }

  /**
   * Takes the time in the bytes of a field, and of a second one with the time of day where there is one; NaN where
   * {@link take} must look closer.
   */
  takeBytes(bytes: Uint8Array<ArrayBuffer>, { from, to, clock }: FieldSpan): number {
    const unit = this.unit;
    if (unit !== null) {
      if (readPlainStamp(bytes, { from, to, unit, row: this.#stamp }) !== to) return NaN;
      return this.takePlain(this.#stamp[0]!) ? this.#stamp[0]! : NaN;
    }
    if (!this.#scanner.scan(bytes, { from, to })) return NaN;
    if (clock !== undefined && !this.#scanner.scanClock(bytes, clock)) return NaN;
    return this.takePlainText(this.#scanner.time);
  }

  /** Takes the time of the next row and returns it as epoch ms. */
  take(given: string): number {
    const text = plainStamp(given, this.#digitsMin);
    const isNumber = this.#isStamp(text);
    this.#hasStamps ??= isNumber;
    if (isNumber !== this.#hasStamps && (isNumber || this.#texts.isTime(text))) throw this.#mixedKinds(text);
    return this.#inOrder(isNumber ? this.#fromStamp(text) : this.#fromText(text), text);
  }

  /** Takes a moment that the file holds as such; `isLocal` where it has no zone. */
  takeMoment(epochMs: number, { isLocal }: { readonly isLocal: boolean }): number {
    if (!Number.isFinite(epochMs)) throw new RowFault(`ts_open must be a time, got ${shown(epochMs)}`);
    const wholeMs = Math.floor(epochMs);
    const ms = isLocal ? this.#texts.fromLocal(wholeMs, this.#context) : wholeMs;
    if (!(ms >= candleTimes.startMs && ms < candleTimes.endMs)) {
      throw new RowFault(`ts_open must lie in the years 1800 to 2100, got ${shownTime(epochMs)}`);
    }
    return this.#inOrder(ms, shownTime(epochMs));
  }

  #fromText(text: string): number {
    if (this.#reading.timeUnit !== undefined && this.#texts.isTime(text)) {
      throw new RowFault(`--time-unit is for numbers, ts_open is the text ${shown(text)}`);
    }
    const epochMs = this.#texts.read(text, this.#context);
    if (epochMs >= candleTimes.startMs) return epochMs;
    throw new RowFault(`ts_open must lie in 1800 or later, got ${shown(text)}`);
  }

  get #context() {
    return { previousMs: this.#previousMs, direction: this.#direction };
  }

  #fromStamp(text: string): number {
    // seconds of January 1970 look like days
    const own = this.#unit === "days" ? toldUnit(text) : unitOf(text);
    const unit = this.#unit ?? (this.#last === null || !isStamp(this.#last) ? own : null);
    if (unit === null) throw this.#untold(text);
    const epochMs = msOf(text, unit);
    const before = this.#unitBefore;
    this.#unitBefore = own;
    if (before !== null && own !== null && before !== own) {
      throw new RowFault(
        `ts_open ${text} is in ${unitNames[own]}, the rows before it are in ${
          unitNames[before]
        }: mixed units`,
      );
    }
    if (epochMs === null) {
      const what = isSerial(text) ? "has too few digits to tell a minute" : "is no day of a spreadsheet";
      throw new RowFault(`ts_open ${shown(text)}, read in ${unitNames[unit]}, ${what}`);
    }
    if (epochMs >= candleTimes.startMs && epochMs < candleTimes.endMs) return epochMs;
    const isSaid = this.#reading.timeUnit !== undefined;
    const others = isSaid ? "" : `, the last row like ${unitNames[unit]}: mixed units`;
    const like = own === null || own === unit ? "" : `; it looks like ${unitNames[own]}${others}`;
    throw new RowFault(
      `ts_open ${text}, read in ${unitNames[unit]}${isSaid ? " as --time-unit says" : ""}, ` +
        `must lie in the years 1800 to 2100, is ${shownTime(epochMs)}${like}`,
    );
  }

  #untold(text: string): RowFault {
    const last = this.#last !== null && isStamp(this.#last) ? this.#last : text;
    return new RowFault(
      `the unit of ts_open ${text} cannot be told: the column's last value, ${
        shown(last)
      }, lies outside of ` +
        "1990 to 2100 in each; --time-unit s, ms, us or ns says what it is, and days that it is that of a spreadsheet",
    );
  }

  #mixedKinds(text: string): RowFault {
    const [found, others] = this.#hasStamps ? ["a text", "a number"] : ["a number", "a text"];
    const last = this.#last === null ? "" : ` such as ${shown(this.#last)} in the last row`;
    return new RowFault(`ts_open ${shown(text)} is ${found}, the column's others are each ${others}${last}`);
  }

  /** Whether a time may come after the one before. */
  #follows(epochMs: number): boolean {
    const ahead = (epochMs - this.#previousMs) * this.#direction;
    return ahead > 0 || this.#anyOrder || (ahead === 0 && this.#mayRepeat);
  }

  #inOrder(epochMs: number, text: string): number {
    if (this.#direction === 0) this.#direction = this.#directionAt(epochMs);
    const ahead = (epochMs - this.#previousMs) * this.#direction;
    if (ahead <= 0 && !this.#follows(epochMs)) {
      const wanted = this.#direction > 0 ? "later" : "earlier";
      const why = this.#direction > 0 ? "" : ", as the file runs from new to old";
      const help = ahead === 0
        ? "; --duplicates first or last takes one of the rows of a time"
        : "; --sort reads rows in any order";
      throw new RowFault(`ts_open must be ${wanted} than the row before${why}, got ${shown(text)}${help}`);
    }
    this.#previousMs = epochMs;
    return epochMs;
  }

  /** From the last row, or else from this one and the one before. */
  #directionAt(epochMs: number): 1 | -1 | 0 {
    if (!Number.isNaN(this.#previousMs)) return epochMs < this.#previousMs ? -1 : 1;
    const lastMs = this.#lastIsRead ? this.lastMs : NaN;
    if (Number.isNaN(lastMs) || lastMs === epochMs) return 0;
    return lastMs < epochMs ? -1 : 1;
  }

  /** Time of the last row, an hour off perhaps where clocks change; NaN where it is not known. */
  get lastMs(): number {
    return this.#last === null ? NaN : this.roughly(this.#last);
  }
}

/** The one unit in which a number lies in the years 1990 to 2099, null when there is none. */
function toldUnit(text: string): StatedUnit | null {
  return unitOf(text) ?? (isToldSerial(text) ? "days" : null);
}

function msOf(text: string, unit: StatedUnit): number | null {
  return unit === "days" ? serialMs(text) : stampMs(text, unit);
}
