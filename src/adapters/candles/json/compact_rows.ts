import type { Compact } from "./compact_json.ts";
import { areCandles, hasTime, timeName } from "./json_shapes.ts";
import type { PlainColumn } from "./plain_rows.ts";
import { TextCells } from "./text_cells.ts";

/** Candles as they were found in a JSON value, column by column; see `JsonRows`. */
export interface CompactRows {
  readonly names: readonly string[] | null;
  readonly columns: readonly PlainColumn[];
  readonly count: number;
  readonly path: string;
}

type Table = Omit<CompactRows, "path">;
type Members = readonly (readonly [string, Compact])[];
type Column = Extract<Compact, { kind: "column" }>;

/** What {@link jsonRows} finds in the same value, where it is written as most are; nothing otherwise. */
export function compactRows(value: Compact): readonly CompactRows[] {
  const found = (value: Compact, path: readonly string[]): readonly CompactRows[] => {
    const own = tableIn(value);
    if (own !== null) return [{ ...own, path: path.join(".") }];
    if (value.kind === "members") {
      return value.members.flatMap(([name, member]) => found(member, [...path, name]));
    }
    if (value.kind === "list") {
      return value.items.flatMap((item, index) => found(item, [...path, `[${index}]`]));
    }
    return [];
  };
  return found(value, []);
}

function tableIn(value: Compact): Table | null {
  if (value.kind === "rows") return rowsOf(value);
  if (value.kind !== "members") return null;
  return split(value.members) ?? columns(value.members) ?? columnsByKey(value.members) ??
    nested(value.members);
}

function rowsOf({ rows, keys }: Extract<Compact, { kind: "rows" }>): Table | null {
  const { names, columns, count } = rows;
  if (keys === null) {
    const isHeader = names === null &&
      columns.every((cells) => cells instanceof TextCells && !/^[-+]?\d/.test(cells.text(0)));
    return !isHeader && (names === null ? columns.length >= 5 : areCandles(names))
      ? { names, columns, count }
      : null;
  }
  if (names === null || !areCandles(names, { withTime: false })) return null;
  if (hasTime(names)) return { names, columns, count };
  return { names: [timeName, ...names], columns: [keys, ...columns], count };
}

/** `{ "columns": [...], "data": [[...]] }`, with the times as `index` perhaps. */
function split(members: Members): Table | null {
  const { columns, data, index } = Object.fromEntries(members);
  if (columns?.kind !== "column" || !(columns.cells instanceof TextCells) || data?.kind !== "rows") {
    return null;
  }
  const names = columns.cells.texts();
  const { rows: { columns: cells, count, names: own } } = data;
  if (own !== null || cells.length !== names.length || !areCandles(names, { withTime: false })) return null;
  if (hasTime(names)) return { names, columns: cells, count };
  if (index?.kind !== "column" || lengthOf(index.cells) !== count) return null;
  return { names: [timeName, ...names], columns: [index.cells, ...cells], count };
}

/** `{ "open": [...], "high": [...], ... }` */
function columns(members: Members): Table | null {
  const lists = members.filter((member): member is [string, Column] =>
    member[1].kind === "column" && member[1].keys === null
  );
  const close = lists.find(([name]) =>
    areCandles([name, "t", "o", "h", "l"]) && !areCandles(["t", "o", "h", "l"])
  );
  if (!areCandles(lists.map(([name]) => name)) || close === undefined) return null;
  const count = lengthOf(close[1].cells);
  const alike = lists.filter(([, { cells }]) => lengthOf(cells) === count);
  return { names: alike.map(([name]) => name), columns: alike.map(([, { cells }]) => cells), count };
}

/** `{ "open": { "0": 1.5, ... }, ... }` */
function columnsByKey(members: Members): Table | null {
  const keyed = members.filter((member): member is [string, Column & { keys: TextCells }] =>
    member[1].kind === "column" && member[1].keys !== null
  );
  const names = keyed.map(([name]) => name);
  if (keyed.length === 0 || keyed.length < members.length || !areCandles(names, { withTime: false })) {
    return null;
  }
  const [[, { keys }]] = keyed as [typeof keyed[0]];
  if (!keyed.every(([, column]) => areSame(column.keys, keys))) return null;
  const cells = keyed.map(([, column]) => column.cells);
  const count = keys.count;
  return hasTime(names)
    ? { names, columns: cells, count }
    : { names: [timeName, ...names], columns: [keys, ...cells], count };
}

/** Lists of one length at different places of an object, as a chart has them. */
function nested(members: Members): Table | null {
  const lists: [string, PlainColumn][] = [];
  const collect = (value: Compact, depth: number) => {
    if (depth > 4) return;
    if (value.kind === "list" && value.items.length === 1) collect(value.items[0]!, depth + 1);
    if (value.kind !== "members") return;
    for (const [name, member] of value.members) {
      if (member.kind === "column" && member.keys === null && lengthOf(member.cells) > 1) {
        lists.push([name, member.cells]);
      } else collect(member, depth + 1);
    }
  };
  collect({ kind: "members", members }, 0);
  const names = lists.map(([name]) => name);
  const count = lists[0] === undefined ? 0 : lengthOf(lists[0][1]);
  const isOne = lists.every(([, cells]) => lengthOf(cells) === count) && new Set(names).size === names.length;
  return isOne && areCandles(names) ? { names, columns: lists.map(([, cells]) => cells), count } : null;
}

function lengthOf(column: PlainColumn): number {
  return column instanceof TextCells ? column.count : column.length;
}

function areSame(some: TextCells, others: TextCells): boolean {
  if (some.count !== others.count) return false;
  const { bytes } = some;
  for (let row = 0; row < some.count; row++) {
    const [from, other] = [some.from(row), others.from(row)];
    const length = some.to(row) - from;
    if (length !== others.to(row) - other) return false;
    for (let at = 0; at < length; at++) if (bytes[from + at] !== bytes[other + at]) return false;
  }
  return true;
}
