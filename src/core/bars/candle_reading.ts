import type { StatedUnit } from "./time_unit.ts";

/** What becomes of rows that no candle can be like: the whole source is refused, or they are left out. */
export const badRowsChoices = ["refuse", "skip"] as const;

/** One of {@link badRowsChoices}. */
export type BadRows = typeof badRowsChoices[number];

/** Which moment of its candle a stamp names. */
export const stampChoices = ["open", "close"] as const;

/** In which order a date has day, month and year. */
export const dateOrders = ["ymd", "dmy", "mdy"] as const;

/** One of {@link dateOrders}. */
export type DateOrder = typeof dateOrders[number];

/** What is done with rows of one time. */
export const duplicatesChoices = ["first", "last", "refuse"] as const;

/** One of {@link duplicatesChoices}. */
export type Duplicates = typeof duplicatesChoices[number];

/** What a column of a file can be for a candle. */
export const columnRoles = [
  "time",
  "time_of_day",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "adjusted_close",
  "instrument",
] as const;

/** One of {@link columnRoles}. */
export type ColumnRole = typeof columnRoles[number];

/** Columns by their role: a name of the header, or a number counted from 1. */
export type ColumnChoice = Readonly<Partial<Record<ColumnRole, string>>>;

/** What a reader cannot see in a file and is given; what is left out is guessed from the file, or is as described. */
export interface CandleReading {
  /** Which column is what, where names and values do not say. */
  readonly column?: ColumnChoice;
  /** Unit of epoch stamps, or `days` of a spreadsheet; else the one in which the last row lies in 1990 to 2099. */
  readonly timeUnit?: StatedUnit;
  /** Zone of times without an offset; else UTC, with a warning. Dates without a time are midnight UTC. */
  readonly timeZone?: string;
  /** Of dates whose day and month could be either; else told from the whole column, or refused. */
  readonly dateOrder?: DateOrder;
  /** Else `open`. */
  readonly stamp?: typeof stampChoices[number];
  /** What stands between the fields of a text file: one character. */
  readonly delimiter?: string;
  /** What stands between whole and fraction of a number. */
  readonly decimal?: "." | ",";
  /** Texts that stand for a missing value, such as `NA`; else only an empty field does. */
  readonly missing?: readonly string[];
  /** Rows may come in any order; else they must ascend or descend. */
  readonly sort?: boolean;
  /** Else `refuse`; rows of several files that are equal in all values are one, whatever this says. */
  readonly duplicates?: Duplicates;
  /** The instrument to take from a file that holds several. */
  readonly pick?: string;
  /** Scales all four prices by adjusted close / close. */
  readonly adjusted?: boolean;
}
