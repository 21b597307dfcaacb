import { shown } from "../../../core/text/mod.ts";
import { ColumnFault } from "./column_plan.ts";
import { namedRank } from "./column_names.ts";

const priceRoles = ["open", "high", "low", "close"] as const;
const shownMax = 30;

type Names = readonly string[];

/**
 * Names of the columns of one instrument, of a header that has columns of several side by side: the same names with the
 * instrument above or below them, or names such as `AAPL.Open` and `close_MSFT`. Columns of the others are left without a
 * name. Throws a {@link ColumnFault} that lists the instruments where one must be picked.
 */
export function namesOfOne(
  names: Names,
  { labels, pick }: { readonly labels: readonly Names[]; readonly pick: string | undefined },
): Names {
  for (const line of labels) {
    const groups = line.length === names.length ? groupsOf(names, (_, index) => line[index]!) : [];
    if (groups.length > 1) return picked(names, { groups, pick });
  }
  if (priceRoles.every((role) => names.some((name) => namedRank(role, name) >= 0))) return names;
  for (const [instrument, rest] of [[before, behind], [after, ahead]] as const) {
    const parts = names.map(rest);
    const groups = groupsOf(parts, (_, index) => instrument(names[index]!));
    if (groups.length > 0) {
      const own = picked(parts, { groups, pick });
      const all = new Set(groups.flatMap(({ columns }) => columns));
      return names.map((name, index) => all.has(index) ? own[index]! : name);
    }
  }
  return names;
}

// `AAPL.Open` and `open_AAPL`, apart at the last or the first sign between them
const before = (name: string) => atLastSigns(name)?.[0] ?? "";
const behind = (name: string) => atLastSigns(name)?.[1] ?? name;
const after = (name: string) => atFirstSigns(name)?.[1] ?? "";
const ahead = (name: string) => atFirstSigns(name)?.[0] ?? name;

/** What stands before the last run of signs, and what behind it; null unless there is something on both sides. */
function atLastSigns(name: string): readonly [string, string] | null {
  let start = name.length;
  while (start > 0 && !isSign(name[start - 1]!)) start--;
  let end = start;
  while (end > 0 && isSign(name[end - 1]!)) end--;
  return end > 0 && start < name.length ? [name.slice(0, end), name.slice(start)] : null;
}

/** The same at the first run of signs. */
function atFirstSigns(name: string): readonly [string, string] | null {
  let end = 0;
  while (end < name.length && !isSign(name[end]!)) end++;
  let start = end;
  while (start < name.length && isSign(name[start]!)) start++;
  return end > 0 && start < name.length ? [name.slice(0, end), name.slice(start)] : null;
}

function isSign(character: string): boolean {
  return " ._:|-".includes(character);
}

interface Group {
  readonly name: string;
  readonly columns: readonly number[];
}

/** Columns by the instrument that they are of; only such that have all four prices. */
function groupsOf(names: Names, labelOf: (name: string, index: number) => string): readonly Group[] {
  const found = new Map<string, number[]>();
  names.forEach((name, index) => {
    const label = labelOf(name, index).trim();
    if (label !== "" && Number.isNaN(Number(label))) found.set(label, [...found.get(label) ?? [], index]);
  });
  return [...found].map(([name, columns]) => ({ name, columns })).filter(({ columns }) =>
    priceRoles.every((role) => columns.filter((index) => namedRank(role, names[index]!) >= 0).length === 1)
  );
}

function picked(
  names: Names,
  { groups, pick }: { readonly groups: readonly Group[]; readonly pick: string | undefined },
): Names {
  const same = ({ name }: Group) => name.toLowerCase() === pick?.trim().toLowerCase();
  const taken = groups.find(same) ?? (groups.length === 1 ? groups[0]! : null);
  if (taken === null) {
    const all = groups.map(({ name }) => name).sort();
    const list = all.slice(0, shownMax).join(", ") + (all.length > shownMax ? ", ..." : "");
    throw new ColumnFault(
      pick === undefined
        ? `it holds ${groups.length} instruments: ${list}; --pick NAME takes one`
        : `--pick ${shown(pick)}: there is no such instrument in it; it holds ${list}`,
    );
  }
  const others = new Set(groups.filter((group) => group !== taken).flatMap(({ columns }) => columns));
  return names.map((name, index) => others.has(index) ? "" : name);
}
