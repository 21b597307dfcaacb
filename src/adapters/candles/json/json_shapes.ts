import { namedRank } from "../columns/column_names.ts";

/** Candles as they were found in a JSON value. */
export interface JsonRows {
  /** Names of the columns; null where rows are lists without names. */
  readonly names: readonly string[] | null;
  readonly rows: readonly (readonly unknown[])[];
  /** Where in the value they are: `bars.AAPL`; empty at its top. */
  readonly path: string;
}

const depthMax = 8;
/** Of a list of what is no row, such as answers to many calls. */
const itemsMax = 10_000;
/** What a column of times is called that has no name. */
export const timeName = "time";
/** Lists that are taken as columns need so many rows that they cannot be one candle. */
const roles = ["open", "high", "low", "close"] as const;

type Members = Readonly<Record<string, unknown>>;

/**
 * Finds candles in a JSON value as exchanges, bots and pandas write them: a list of lists, a list of objects, an object of
 * lists, an object of objects by time, and these inside of others. Of objects by instrument each is given.
 */
export function jsonRows(value: unknown): readonly JsonRows[] {
  return found(value, { path: [], depth: 0 });
}

/** Whether rows with so many members, of these names where they have any, are candles. */
export function areRows(names: readonly string[] | null, members: number): boolean {
  return names === null ? members >= 5 : areCandles(names);
}

function found(
  value: unknown,
  { path, depth }: { readonly path: readonly string[]; readonly depth: number },
): readonly JsonRows[] {
  if (depth > depthMax || typeof value !== "object" || value === null) return [];
  const own = rowsIn(value);
  if (own !== null) return [{ ...own, path: path.join(".") }];
  const members: (readonly [string, unknown])[] = Array.isArray(value)
    ? value.slice(0, itemsMax).map((member, index) => [`[${index}]`, member] as const)
    : Object.entries(value);
  return members
    .flatMap(([name, member]) => found(member, { path: [...path, name], depth: depth + 1 }));
}

function rowsIn(value: object): Omit<JsonRows, "path"> | null {
  if (Array.isArray(value)) return listRows(value);
  const members = value as Members;
  return splitRows(members) ?? columnRows(members) ?? rowsByTime(members) ?? nestedColumns(members);
}

/** `[[time, open, ...], ...]` or `[{ "time": ..., "open": ... }, ...]` */
function listRows(list: readonly unknown[]): Omit<JsonRows, "path"> | null {
  const [first] = list;
  if (Array.isArray(first)) {
    const isRow = first.length >= 5 && first.filter(isPlain).length >= 5;
    return isRow && list.every(Array.isArray) ? headed(list as unknown[][]) : null;
  }
  if (!isObject(first)) return null;
  const names = namesOf(list.slice(0, 100));
  if (!areCandles(names)) return null;
  const flat = (row: unknown) => isObject(row) ? flattened(row) : {};
  return {
    names,
    rows: list.map((row) => {
      const members = flat(row);
      return names.map((name) => members[name]);
    }),
  };
}

/** A list whose first row may be the names. */
function headed(rows: readonly (readonly unknown[])[]): Omit<JsonRows, "path"> {
  const [first] = rows;
  const isHeader = first!.every((cell) => typeof cell === "string" && !/^[-+]?\d/.test(cell));
  return isHeader ? { names: first as readonly string[], rows: rows.slice(1) } : { names: null, rows };
}

/** `{ "columns": [...], "data": [[...]] }`, with the times as `index` perhaps. */
function splitRows({ columns, data, index }: Members): Omit<JsonRows, "path"> | null {
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every(Array.isArray)) return null;
  const names = columns.map(String);
  if (!areCandles(names, { withTime: false })) return null;
  const isIndexed = Array.isArray(index) && index.length === data.length && !hasTime(names);
  if (!isIndexed) return { names, rows: data };
  return { names: [timeName, ...names], rows: data.map((row, at) => [index[at], ...row]) };
}

/** `{ "open": [...], "high": [...], ... }`, or objects by row or time in place of lists. */
function columnRows(members: Members): Omit<JsonRows, "path"> | null {
  const lists = Object.entries(members).filter(([, member]) =>
    Array.isArray(member) && member.every(isPlain)
  ) as (readonly [string, readonly unknown[]])[];
  if (areCandles(lists.map(([name]) => name))) {
    const rows = lists.find(([name]) => namedRank("close", name) >= 0)![1].length;
    return transposed(lists.filter(([, list]) => list.length === rows), rows);
  }
  const objects = Object.entries(members).filter(([, member]) =>
    isObject(member)
  ) as (readonly [string, Members])[];
  const names = objects.map(([name]) => name);
  if (!areCandles(names, { withTime: false })) return null;
  const keys = Object.keys(objects[0]![1]);
  const columns = objects.map(([name, cells]) => [name, keys.map((key) => cells[key])] as const);
  return transposed(hasTime(names) ? columns : [[timeName, keys], ...columns], keys.length);
}

/** `{ "2024-01-31": { "1. open": ... }, ... }` */
function rowsByTime(members: Members): Omit<JsonRows, "path"> | null {
  const entries = Object.entries(members);
  const [first] = entries;
  if (first === undefined || !/^\d/.test(first[0]) || !entries.every(([, row]) => isObject(row))) return null;
  const names = namesOf(entries.slice(0, 100).map(([, row]) => row));
  if (!areCandles(names, { withTime: false })) return null;
  const own = hasTime(names) ? names : [timeName, ...names];
  return {
    names: own,
    rows: entries.map(([key, row]) =>
      own.map((name) => name === timeName && !hasTime(names) ? key : (row as Members)[name])
    ),
  };
}

/** Lists of one length at different places of an object, as a chart has them. */
function nestedColumns(members: Members): Omit<JsonRows, "path"> | null {
  const lists: (readonly [string, readonly unknown[]])[] = [];
  const collect = (value: unknown, depth: number) => {
    if (depth > 4 || typeof value !== "object" || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (Array.isArray(member) && member.length > 1 && member.every(isPlain)) lists.push([name, member]);
      else if (!Array.isArray(member) || member.length === 1) collect(member, depth + 1);
    }
  };
  collect(members, 0);
  const lengths = new Set(lists.map(([, list]) => list.length));
  if (lengths.size !== 1 || !areCandles(lists.map(([name]) => name))) return null;
  if (new Set(lists.map(([name]) => name)).size !== lists.length) return null;
  return transposed(lists, [...lengths][0]!);
}

function transposed(
  columns: readonly (readonly [string, readonly unknown[]])[],
  count: number,
): Omit<JsonRows, "path"> {
  return {
    names: columns.map(([name]) => name),
    rows: Array.from({ length: count }, (_, row) => columns.map(([, column]) => column[row])),
  };
}

function namesOf(rows: readonly unknown[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => isObject(row) ? Object.keys(flattened(row)) : []))];
}

/** Members of an object with those of its members that are objects: `{"mid": {"o": 1}}`, `{"_id": {"$date": ...}}`. */
function flattened(row: Members): Members {
  if (!Object.values(row).some(isObject)) return row;
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, member]) => {
      if (!isObject(member)) return [[name, member]];
      const own = unwrapped(member);
      return isObject(own) ? Object.entries(own) : [[name, own]];
    }),
  );
}

/** `{"$date": {"$numberLong": "1735689600000"}}`, as one database writes values of types. */
function unwrapped(value: unknown): unknown {
  if (!isObject(value)) return value;
  const [only, ...others] = Object.entries(value);
  return only !== undefined && others.length === 0 && only[0].startsWith("$") ? unwrapped(only[1]) : value;
}

/** Series that lie at one place of several pages, one behind the other; null where they are not such. */
export function joinedPages(all: readonly JsonRows[]): JsonRows | null {
  const [first] = all;
  const placeOf = ({ path }: JsonRows) => path.replace(/\[\d+\]/g, "[]");
  if (first === undefined || all.length < 2 || !placeOf(first).includes("[]")) return null;
  const names = first.names?.join("\n");
  const isOne = all.every((page) => placeOf(page) === placeOf(first) && page.names?.join("\n") === names);
  return isOne ? { names: first.names, rows: all.flatMap(({ rows }) => rows), path: placeOf(first) } : null;
}

/** Whether columns of these names are those of candles. */
export function areCandles(names: readonly string[], { withTime = true } = {}): boolean {
  return roles.every((role) => names.some((name) => namedRank(role, name) >= 0)) &&
    (!withTime || hasTime(names));
}

/** Whether a column of these names is that of times. */
export function hasTime(names: readonly string[]): boolean {
  return names.some((name) => name !== "" && namedRank("time", name) >= 0);
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== "object";
}
