import { validationError } from "../errors/mod.ts";
import { nearestName, shown } from "../text/mod.ts";
import { type CandleColumns, sharedBytes, type TimeRange } from "./candles.ts";
import { usableRows } from "./usable_rows.ts";

/** Numeric columns of candle rows that no candle is made of, by their exact names; NaN where a value is unknown. */
export type FurtherColumns<Column = Float32Array> = ReadonlyMap<string, Column>;

/** Further columns as a member that is there when they are. */
export interface WithFurther<Column = Float32Array> {
  readonly further?: FurtherColumns<Column>;
}

/** Further columns that a source holds of a series, at most: each is another 4 bytes a row, 8 in a store. */
export const furtherColumnsMax = 100;

/** The same columns put through a function; nothing where there are none. */
export function mapFurther<From, To>(
  { further }: WithFurther<From>,
  of: (column: From) => To,
): WithFurther<To> {
  if (further === undefined || further.size === 0) return {};
  return { further: new Map([...further].map(([name, column]) => [name, of(column)])) };
}

/** Bars that rows were rolled up to. */
interface BarsOfRows {
  readonly candles: Pick<CandleColumns, "tsOpenMs">;
  readonly tsCloseMs: Float64Array;
  /** 0 for a bar that repeats the close before it. */
  readonly made: Uint8Array;
}

/**
 * Further columns of bars: the last known value among the rows of each, NaN where none is known, and on a bar that is no
 * more than the close before it.
 */
export function rollUpFurther(
  { candles, further }: { readonly candles: CandleColumns } & WithFurther,
  { bars, range }: { readonly bars: BarsOfRows; readonly range: TimeRange },
): WithFurther {
  if (further === undefined || further.size === 0) return {};
  const { tsOpenMs } = candles;
  const rows = usableRows(candles, range);
  const { candles: { tsOpenMs: opens }, tsCloseMs, made } = bars;
  const firsts = new Uint32Array(made.length + 1);
  let next = 0;
  for (let bar = 0; bar < made.length; bar++) {
    while (next < rows.length && tsOpenMs[rows.at(next)]! < opens[bar]!) next++;
    firsts[bar] = next;
  }
  return mapFurther({ further }, (column) => {
    const rolled = new Float32Array(sharedBytes(4 * made.length), 0, made.length).fill(NaN);
    for (let bar = 0; bar < made.length; bar++) {
      if (made[bar] === 0) continue;
      for (let at = firsts[bar]!; at < rows.length && tsOpenMs[rows.at(at)]! < tsCloseMs[bar]!; at++) {
        const value = column[rows.at(at)]!;
        if (Number.isFinite(value)) rolled[bar] = value;
      }
    }
    return rolled;
  });
}

/** The `validation_error` of rules that ask for a column which candles do not have. */
export function missingColumn(
  name: string,
  { label, there }: { readonly label: string; readonly there: readonly string[] },
): Error {
  const nearest = nearestName(name, there);
  const meant = nearest === null ? "" : `; did you mean ${shown(nearest)}?`;
  const list = there.length === 0
    ? "there are no numeric columns beyond those of candles"
    : `there are ${there.slice(0, shownMax).map(shown).join(", ")}${
      there.length > shownMax ? ` and ${there.length - shownMax} more` : ""
    }`;
  const message = `Cannot read col(${
    shown(name)
  }) from candles ${label}: there is no such column${meant}; ${list}`;
  return validationError(message, [{ path: "body.template.rules", code: "value_error", message }]);
}

const shownMax = 30;
