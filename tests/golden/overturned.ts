// Golden vectors that this project differs from on purpose. The golden tests leave out exactly these; they fail when a
// listed one is not there, or holds after all.

const drawdownStart =
  "the drawdown starts at the initial cash, not at the first equity point: what the first " +
  "bar costs is a loss";

const fallenMean = ["Avg. Drawdown [%]", "Avg. Drawdown Duration"];
const fallen = ["Max. Drawdown [%]", ...fallenMean, "Max. Drawdown Duration", "Calmar Ratio"];

/** Name of a vector, `<suite>/<vector>`, of a report row `report/<vector>/<row>`: why it is not followed. */
export const overturned: Readonly<Record<string, string>> = {
  ...rows("sl-then-same-bar-reverse", { metrics: fallen, why: drawdownStart }),
  ...rows("reversal", { metrics: fallen, why: drawdownStart }),
  ...rows("profit-lock", { metrics: fallen, why: drawdownStart }),
  ...rows("short-sl-tp-levels", { metrics: fallen, why: drawdownStart }),
  ...rows("strategy-00", { metrics: fallenMean, why: drawdownStart }),
  ...rows("strategy-02", { metrics: fallenMean, why: drawdownStart }),
  ...rows("strategy-05", { metrics: fallen, why: drawdownStart }),
  ...rows("strategy-20", { metrics: fallenMean, why: drawdownStart }),
  ...rows("strategy-21", { metrics: fallen, why: drawdownStart }),
  ...rows("strategy-24", { metrics: fallenMean, why: drawdownStart }),
  ...rows("strategy-26", { metrics: fallenMean, why: drawdownStart }),
};

/** The listed vectors of one suite, taken off the list one by one. */
export interface OverturnedVectors {
  /** Whether this vector is listed, and so to be left out. */
  has(name: string): boolean;
  /** Listed vectors that nobody has asked for. */
  unmet(): readonly string[];
}

/** The listed vectors whose names start with `<suite>/`. */
export function overturnedIn(suite: string): OverturnedVectors {
  const listed = new Set(Object.keys(overturned).filter((name) => name.startsWith(`${suite}/`)));
  const unmet = new Set(listed);
  return {
    has(name) {
      unmet.delete(`${suite}/${name}`);
      return listed.has(`${suite}/${name}`);
    },
    unmet: () => [...unmet],
  };
}

/** Named rows or lines of a report without those that are overturned. */
export function followedRows(
  rows: readonly (readonly [string, string])[],
  { vector, left }: { readonly vector: string; readonly left: OverturnedVectors },
): readonly (readonly [string, string])[] {
  return rows.filter(([metric]) => !left.has(`${vector}/${metric}`));
}

function rows(
  vector: string,
  { metrics, why }: { readonly metrics: readonly string[]; readonly why: string },
): Record<string, string> {
  return Object.fromEntries(metrics.map((metric) => [`report/${vector}/${metric}`, why]));
}
