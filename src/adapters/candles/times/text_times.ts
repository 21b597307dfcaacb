import { shown, type TimeTextParts, timeTextParts } from "../../../core/text/mod.ts";
import { isZone, isZoneAbbreviation, localMoments } from "../../../core/bars/mod.ts";
import { RowFault } from "../rows/row_fault.ts";
import { type TimeForm, TimeScanner } from "./time_scanner.ts";

/** The row before, which decides between the two moments at which a clock that is put back shows one time. */
export interface TimeContext {
  readonly previousMs: number;
  readonly direction: 1 | -1 | 0;
}

/** What is known of a file's times beforehand. */
export interface TextTimesOptions {
  /** Of times that name no zone; null for UTC. */
  readonly zone: string | null;
  readonly form: TimeForm;
}

const encoder = new TextEncoder();

/** Reads times in texts: with an offset or a zone, or in the zone of the reader's choice. */
export class TextTimes {
  readonly #zone: string | null;
  readonly #scanner: TimeScanner;
  readonly #moments = new Map<string, (localMs: number) => readonly number[]>();
  #sawNaive = false;

  constructor({ zone, form }: TextTimesOptions) {
    this.#zone = zone;
    this.#scanner = new TimeScanner(form);
  }

  /** Whether a time so far named no zone while none was given. */
  get sawNaive(): boolean {
    return this.#sawNaive;
  }

  isTime(text: string): boolean {
    return typeof this.#partsOf(text) === "object";
  }

  /** Epoch ms of a text. Throws a {@link RowFault}. */
  read(text: string, context: TimeContext): number {
    const parts = this.#partsOf(text);
    if (typeof parts === "string") throw new RowFault(`ts_open ${parts}, got ${shown(text)}`);
    if (typeof parts.zone === "number") return parts.localMs - parts.zone;
    if (parts.isDate) return parts.localMs;
    if (parts.zone === null) return this.fromLocal(parts.localMs, context);
    if (isZoneAbbreviation(parts.zone)) {
      if (this.#zone !== null) return this.fromLocal(parts.localMs, context);
      throw new RowFault(
        `ts_open names a time zone in letters that may mean several, got ${shown(text)}; ` +
          "--time-zone America/New_York, or whichever it is, says which",
      );
    }
    if (!isZone(parts.zone)) {
      throw new RowFault(
        `ts_open names a time zone nobody knows, got ${shown(text)}; an offset such as +02:00 will do`,
      );
    }
    const epochMs = this.#momentIn(parts.zone, { localMs: parts.localMs, context });
    if (Number.isNaN(epochMs)) throw skipped(parts.localMs, parts.zone);
    return epochMs;
  }

  /** Epoch ms of a time that names no zone, given as if it were UTC. Throws a {@link RowFault}. */
  fromLocal(localMs: number, context: TimeContext): number {
    const epochMs = this.momentOf(localMs, context);
    if (Number.isNaN(epochMs)) throw skipped(localMs, this.#zone!);
    return epochMs;
  }

  /** As {@link fromLocal}, but NaN where no clock shows the time. */
  momentOf(localMs: number, context: TimeContext): number {
    if (this.#zone !== null) return this.#momentIn(this.#zone, { localMs, context });
    this.#sawNaive = true;
    return localMs;
  }

  /** Epoch ms of a text that is a time; where a clock shows it twice or never, an hour beside it perhaps. */
  roughly(text: string): number {
    const { localMs, zone, isDate } = this.#partsOf(text) as TimeTextParts;
    if (typeof zone === "number") return localMs - zone;
    const name = zone ?? (isDate ? null : this.#zone);
    return name === null || !isZone(name) ? localMs : this.#momentsIn(name)(localMs)[0] ?? localMs;
  }

  #partsOf(text: string): TimeTextParts | string {
    const parts = timeTextParts(text);
    if (text.length > 100) return parts;
    // `UTC+2` is no name of a zone
    if (typeof parts === "object" && !(typeof parts.zone === "string" && /\d$/.test(parts.zone))) {
      return parts;
    }
    const scanned = this.#scanned(text);
    if (scanned !== null) return scanned;
    if (typeof parts === "object") return parts;
    const named = withZoneName(text.replace(/\[([A-Za-z0-9_+/-]+)\]$/, " $1"));
    const local = named === null ? null : this.#scanned(named.time);
    return local === null || local.zone !== null ? parts : { ...local, zone: named!.zone };
  }

  #scanned(text: string): TimeTextParts | null {
    const bytes = encoder.encode(text);
    return this.#scanner.scan(bytes, { from: 0, to: bytes.length }) ? { ...this.#scanner.time } : null;
  }

  #momentsIn(zone: string): (localMs: number) => readonly number[] {
    let moments = this.#moments.get(zone);
    if (moments === undefined) this.#moments.set(zone, moments = localMoments(zone));
    return moments;
  }

  #momentIn(
    zone: string,
    { localMs, context }: { readonly localMs: number; readonly context: TimeContext },
  ): number {
    const found = this.#momentsIn(zone)(localMs);
    if (found.length === 0) return NaN;
    const { previousMs, direction } = context;
    const [first, last] = direction < 0 ? [found.at(-1)!, found[0]!] : [found[0]!, found.at(-1)!];
    return (first - previousMs) * direction <= 0 ? last : first;
  }
}

/** A text that ends with the name of a zone, right after a digit or one space later; the last such name counts. */
function withZoneName(text: string): { readonly time: string; readonly zone: string } | null {
  for (let at = text.length - 1; at > 0 && /[\w+/-]/.test(text[at]!); at--) {
    const end = text[at - 1] === " " ? at - 1 : at;
    if (/[A-Za-z]/.test(text[at]!) && /\d/.test(text[end - 1] ?? "")) {
      return { time: text.slice(0, end), zone: text.slice(at) };
    }
  }
  return null;
}

function skipped(localMs: number, zone: string): RowFault {
  const text = new Date(localMs).toISOString().slice(0, 19);
  return new RowFault(`ts_open must be a time that clocks in ${zone} show, got ${text}, which they skip`);
}
