import { shown } from "../../../core/text/mod.ts";
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
  ];
  return each.filter(([isFound]) => isFound).map(([, text]) => text);
}
