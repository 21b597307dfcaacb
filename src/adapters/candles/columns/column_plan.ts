import {
  type CandleReading,
  candleValues,
  type ColumnRole,
  isStamp,
  isToldSerial,
  plainStamp,
  unitOf,
} from "../../../core/bars/mod.ts";
import { nearestName, shown } from "../../../core/text/mod.ts";
import { isClockText, isPackedTime, isTimeText } from "../times/time_form.ts";
import { areFixedPoint, namedRank, plainName } from "./column_names.ts";
import { unnamedPlan } from "./unnamed_columns.ts";

/** Where a candle's parts are in a row; columns count from 0. */
export interface ColumnPlan {
  readonly time: number;
  /** Where dates and times of day are columns of their own. */
  readonly clock: number | null;
  /** Open, high, low and close. */
  readonly prices: readonly [number, number, number, number];
  readonly volume: number | null;
  /** Where all prices are to be scaled to it. */
  readonly adjusted: number | null;
  /** Where a file may hold several instruments. */
  readonly instrument: number | null;
  /** What prices are divided by. */
  readonly priceScale: number;
  /** Whether something was told from values rather than names. */
  readonly fromValues: boolean;
}

/** Some rows of a file, as texts. */
export interface Sample {
  /** Names of the columns; null where the file has none. */
  readonly header: readonly string[] | null;
  /** At least one. */
  readonly rows: readonly (readonly string[])[];
  /** A value as a number, NaN where it is none. */
  readonly numberOf: (text: string) => number;
}

const priceRoles = ["open", "high", "low", "close"] as const;

/** Says why no plan can be made, as the end of an error text. */
export class ColumnFault extends Error {}

/** Tells which column is what. Throws a {@link ColumnFault}. */
export function columnPlan(sample: Sample, reading: CandleReading): ColumnPlan {
  const { header } = sample;
  const plan = header === null || !hasNames(header)
    ? unnamedPlan(sample, chosen(sample, reading))
    : namedPlan({ ...sample, header }, reading);
  if (plan.adjusted === null && reading.adjusted) {
    throw new ColumnFault(
      `--adjusted needs a column such as Adj Close, ${
        columnsText(sample)
      }; --column adjusted_close=NAME says which`,
    );
  }
  return reading.adjusted ? plan : { ...plan, adjusted: null };
}

/** Whether any name is that of a price. */
export function hasNames(header: readonly string[]): boolean {
  return header.some((name) => priceRoles.some((role) => namedRank(role, name) >= 0));
}

/** Columns that the reader was told. */
function chosen(
  { header, rows }: Sample,
  { column = {} }: CandleReading,
): Partial<Record<ColumnRole, number>> {
  const found: Partial<Record<ColumnRole, number>> = {};
  for (const [role, name] of Object.entries(column) as [ColumnRole, string][]) {
    const exact = header?.indexOf(name) ?? -1;
    const alike = exact >= 0 || header === null
      ? exact
      : header.findIndex((other) => plainName(other) === plainName(name) && plainName(name) !== "");
    const number = /^\d+$/.test(name) ? Number(name) - 1 : -1;
    const index = alike >= 0 ? alike : number;
    if (index < 0 || index >= rows[0]!.length) {
      const nearest = header === null ? null : nearestName(name, header);
      const help = nearest ? `; did you mean ${shown(nearest)}?` : `; ${columnsText({ header, rows })}`;
      throw new ColumnFault(`--column ${role}=${name}: there is no such column${help}`);
    }
    found[role] = index;
  }
  return found;
}

type NamedSample = Sample & { readonly header: readonly string[] };

function namedPlan(sample: NamedSample, reading: CandleReading): ColumnPlan {
  const told = chosen(sample, reading);
  const { header } = sample;
  const best = (role: ColumnRole, fits: (index: number) => boolean = () => true) =>
    told[role] ?? bestOf(header.map((name, index) => fits(index) ? namedRank(role, name) : -1));
  const prices = priceRoles.map((role) => best(role, (index) => index !== told.time));
  const [open, high, low, close] = prices;
  if (open! < 0 || high! < 0 || low! < 0 || close! < 0) {
    const missing = priceRoles.filter((_, index) => prices[index]! < 0);
    throw new ColumnFault(
      `there is no column for ${missing.join(", ")}, ${columnsText(sample)}; ` +
        `--column ${missing[0]}=NAME says which it is`,
    );
  }
  priceRoles.forEach((role, place) => {
    if (told[role] === undefined) refuseTwins(sample, { role, index: prices[place]! });
  });
  const times = timeColumns(sample, { told, prices, hasUnit: reading.timeUnit !== undefined });
  const taken = new Set([times.time, times.clock, ...prices]);
  const instrument = told.instrument ??
    bestOf(header.map((name, index) => taken.has(index) ? -1 : instrumentRank(sample, { name, index })));
  const adjusted = best("adjusted_close", (index) => !taken.has(index));
  const isFixed = areFixedPoint(header) &&
    sample.rows.every((row) => prices.every((index) => /^-?\d{7,}$/.test(row[index]!)));
  return {
    ...times,
    prices: [open!, high!, low!, close!],
    volume: told.volume ?? volumeOf(sample, { taken, high: high!, low: low! }),
    adjusted: adjusted < 0 ? null : adjusted,
    instrument: instrument < 0 ? null : instrument,
    priceScale: isFixed ? 1e9 : 1,
    fromValues: isFixed,
  };
}

/** Throws where another column has the same name and other values. */
function refuseTwins(
  { header, rows }: NamedSample,
  { role, index }: { readonly role: ColumnRole; readonly index: number },
): void {
  const name = plainName(header[index]!);
  const twin = header.findIndex((other, at) =>
    at !== index && name.length > 1 && plainName(other) === name && rows.some((row) => row[at] !== row[index])
  );
  if (twin < 0) return;
  throw new ColumnFault(
    `two columns are called ${shown(header[index]!)}, the ${index + 1}. and the ${
      twin + 1
    }., with other values; ` +
      `--column ${role}=${index + 1} says which it is`,
  );
}

function timeColumns(
  { header, rows }: NamedSample,
  { told, prices, hasUnit }: {
    readonly told: Partial<Record<ColumnRole, number>>;
    readonly prices: readonly number[];
    readonly hasUnit: boolean;
  },
): { readonly time: number; readonly clock: number | null } {
  const cells = (index: number) => rows.map((row) => row[index] ?? "").filter((text) => text !== "");
  const areAll = (index: number, is: (text: string) => boolean) => {
    const found = cells(index);
    return found.length > 0 && found.every(is);
  };
  const isTime = (given: string) => {
    const text = plainStamp(given);
    if (isToldSerial(text)) return true;
    return isStamp(text) ? hasUnit || unitOf(text) !== null || isPackedTime(text) : isTimeText(text);
  };
  const ranks = header.map((name) => namedRank("time", name));
  const time = told.time ??
    bestOf(ranks.map((rank, index) => rank >= 0 && areAll(index, isTime) ? rank : -1));
  if (time < 0) {
    // what is named as a time may hold one that cannot be read or told; then its value is refused, not the column
    const named = bestOf(ranks);
    const found = named >= 0
      ? named
      : header.findIndex((name, index) =>
        !/close|end/i.test(name) && !prices.includes(index) && areAll(index, isTime)
      );
    if (found >= 0) return { time: found, clock: told.time_of_day ?? null };
    throw new ColumnFault(
      `there is no column of times, ${columnsText({ header, rows })}; --column time=NAME says which it is`,
    );
  }
  const isDate = (text: string) => isTimeText(text) && !/\d[T ]\d|:/.test(text) && !/^\d{12,}$/.test(text);
  if (told.time_of_day !== undefined) return { time, clock: told.time_of_day };
  // a date that is beside its own time of day
  const clock = areAll(time, isDate)
    ? header.findIndex((name, index) =>
      index !== time && namedRank("time_of_day", name) >= 0 && areAll(index, isClockText)
    )
    : -1;
  if (clock >= 0) return { time, clock };
  const date = header.findIndex((name, index) =>
    index !== time && plainName(name) === "date" && areAll(index, isDate)
  );
  const isClock = namedRank("time_of_day", header[time]!) >= 0 && areAll(time, isClockText);
  return date >= 0 && isClock ? { time: date, clock: time } : { time, clock: null };
}

function instrumentRank(
  { rows, numberOf }: Sample,
  { name, index }: { readonly name: string; readonly index: number },
): number {
  const rank = namedRank("instrument", name);
  // a number is a count of something, or a figure
  const isName = (text: string) => /\D/.test(text) && Number.isNaN(numberOf(text));
  return rank >= 0 && rows.every((row) => isName(row[index] ?? "")) ? rank : -1;
}

function volumeOf(
  { header, rows, numberOf }: NamedSample,
  { taken, high, low }: {
    readonly taken: ReadonlySet<number | null>;
    readonly high: number;
    readonly low: number;
  },
): number | null {
  const ranked = header
    .map((name, index) => ({ index, rank: taken.has(index) ? -1 : namedRank("volume", name) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank);
  // a market without volumes counts ticks
  const isUsed = ({ index }: { readonly index: number }) =>
    rows.some((row) => !(numberOf(row[index] ?? "") === 0));
  const first = (ranked.find(isUsed) ?? ranked[0])?.index ?? null;
  if (first === null) return null;
  // what is a price times another column is money: the other one is the volume
  const isMoneyOf = (index: number) => {
    const traded = rows.map((row) => [first, index, low, high].map((column) => numberOf(row[column] ?? "")))
      .filter(([money, volume]) => money! > 0 || volume! > 0);
    return traded.length > 0 &&
      traded.every(([money, volume, bottom, top]) =>
        money! / volume! >= bottom! * (1 - 1e-6) && money! / volume! <= top! * (1 + 1e-6)
      );
  };
  return ranked.find(({ index }) => index !== first && isMoneyOf(index))?.index ?? first;
}

/** Index of the smallest rank that is not negative; -1 where all are. */
function bestOf(ranks: readonly number[]): number {
  let best = -1;
  ranks.forEach((rank, index) => {
    if (rank >= 0 && (best < 0 || rank < ranks[best]!)) best = index;
  });
  return best;
}

function columnsText({ header, rows }: Pick<Sample, "header" | "rows">): string {
  if (header === null) return `a row has ${rows[0]!.length} fields`;
  return `the columns are ${shown(header.join(","))}`;
}

/** Flags that say which columns a plan takes. */
export function planFlags(plan: ColumnPlan, header: readonly string[] | null): readonly string[] {
  const name = (index: number) => header?.[index]?.trim() || String(index + 1);
  const [open, high, low, close] = plan.prices;
  const roles = { time: plan.time, time_of_day: plan.clock, open, high, low, close, volume: plan.volume };
  return Object.entries(roles).flatMap(([role, index]) =>
    index === null ? [] : ["--column", `${role}=${name(index)}`]
  );
}

/** Roles of a plan's columns, for what is said of a guess. */
export function planText(
  { time, clock, prices, volume }: ColumnPlan,
  header: readonly string[] | null,
): string {
  const name = (index: number) => header?.[index]?.trim() || `#${index + 1}`;
  const times = clock === null ? name(time) : `${name(time)} + ${name(clock)}`;
  const values = [...prices, volume].map((index, place) =>
    index === null ? "no volume" : `${candleValues[place]} ${name(index)}`
  );
  return `time ${times}, ${values.join(", ")}`;
}
