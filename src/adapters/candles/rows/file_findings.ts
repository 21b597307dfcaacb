import { furtherColumnsMax } from "../../../core/bars/mod.ts";
import { shown } from "../../../core/text/mod.ts";
import type { StrangeValue } from "../columns/further_plan.ts";
import { warning } from "../../../core/errors/mod.ts";

/** What a parser found about a file as a whole that its user may not know. */
export interface FileFindings {
  /** Times without an offset were read as UTC. */
  readonly sawNaive: boolean;
  /** Rows came newest first. */
  readonly descends: boolean;
  /** Rows end with a comma behind which there is nothing. */
  readonly sawExtraFields: boolean;
  /** What stands behind the last row and is none. */
  readonly footer: { readonly line: number; readonly lines: number; readonly text: string } | null;
  /** Values of further columns that are no numbers, and were read as unknown. */
  readonly strange: readonly StrangeValue[];
  /** Further columns that a store does not take. */
  readonly leftOut: readonly string[];
  /** Stamps lie just before whole intervals. */
  readonly looksLikeCloses: boolean;
}

/** A warning for each finding, always in the same order. */
export function fileWarnings(found: FileFindings): string[] {
  const each: readonly (readonly [boolean, string])[] = [
    [
      found.sawNaive,
      warning(
        "naive_times",
        "times have no offset and were read as UTC; --time-zone says in which zone their clock hangs",
      ),
    ],
    [found.descends, warning("descending_rows", "rows came newest first and were read in order of time")],
    [found.sawExtraFields, warning("empty_column", "a last column without name and values was left out")],
    [
      found.footer !== null,
      warning(
        "footer_lines",
        `${found.footer?.lines} lines behind the last row, from line ${found.footer?.line} on, are no rows and were ` +
          `left out: ${shown(found.footer?.text)}`,
      ),
    ],
    [
      found.looksLikeCloses,
      warning(
        "stamps_look_like_closes",
        "every stamp lies just before a whole interval, as closes do, and was read as an open; --stamp close shifts them",
      ),
    ],
    [
      found.strange.length > 0,
      warning(
        "further_values_unknown",
        `values of further columns that are no numbers are unknown: ${
          found.strange.map(({ name, count, first }) => `${count} of ${shown(name)}, the first ${first}`)
            .join("; ")
        }`,
      ),
    ],
    [
      found.leftOut.length > 0,
      warning(
        "further_columns_left_out",
        `further columns are not stored beyond ${furtherColumnsMax} of them, nor under the names of candle columns: ${
          found.leftOut.slice(0, 10).map(shown).join(", ")
        }${found.leftOut.length > 10 ? ", ..." : ""}`,
      ),
    ],
  ];
  return each.filter(([isFound]) => isFound).map(([, text]) => text);
}
