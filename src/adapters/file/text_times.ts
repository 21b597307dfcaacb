import { isZone, localMoments } from "../../core/bars/mod.ts";
import { shown, type TimeTextParts, timeTextParts } from "../../core/text/mod.ts";
import { RowFault } from "./row_fault.ts";

/** The row before, which decides between the two moments at which a clock that is put back shows one time. */
export interface TimeContext {
  readonly previousMs: number;
  readonly direction: 1 | -1 | 0;
}

/** Reads times in texts: with an offset or a zone, or in the zone of the reader's choice. */
export class TextTimes {
  readonly #zone: string | null;
  readonly #moments = new Map<string, (localMs: number) => readonly number[]>();
  #sawNaive = false;

  /** `zone` is that of times that name none; null for UTC. */
  constructor(zone: string | null) {
    this.#zone = zone;
  }

  /** Whether a time so far named no zone while none was given. */
  get sawNaive(): boolean {
    return this.#sawNaive;
  }

  isTime(text: string): boolean {
    return typeof timeTextParts(text) === "object";
  }

  /** Epoch ms of a text. Throws a {@link RowFault}. */
  read(text: string, context: TimeContext): number {
    const parts = timeTextParts(text);
    if (typeof parts === "string") throw new RowFault(`ts_open ${parts}, got ${shown(text)}`);
    if (typeof parts.zone === "number") return parts.localMs - parts.zone;
    if (parts.isDate) return parts.localMs;
    if (parts.zone === null) return this.fromLocal(parts.localMs, context);
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
    const { localMs, zone, isDate } = timeTextParts(text) as TimeTextParts;
    if (typeof zone === "number") return localMs - zone;
    const name = zone ?? (isDate ? null : this.#zone);
    return name === null || !isZone(name) ? localMs : this.#momentsIn(name)(localMs)[0] ?? localMs;
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

function skipped(localMs: number, zone: string): RowFault {
  const text = new Date(localMs).toISOString().slice(0, 19);
  return new RowFault(`ts_open must be a time that clocks in ${zone} show, got ${text}, which they skip`);
}
