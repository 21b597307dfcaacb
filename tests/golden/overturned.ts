import { overturnedSeries } from "./overturned_series.ts";

// Golden vectors that this project differs from on purpose. The golden tests leave out exactly these; they fail when a
// listed one is not there, or holds after all.

/** Reason of rows that measure the drawdown. */
export const drawdownStart =
  "the drawdown starts at the initial cash, not at the first equity point: what the first " +
  "bar costs is a loss";

const fallenMean = ["Avg. Drawdown [%]", "Avg. Drawdown Duration"];
const fallen = ["Max. Drawdown [%]", ...fallenMean, "Max. Drawdown Duration", "Calmar Ratio"];

const oneValueMissing =
  "a minute that lacks a value gives its bar what it has, and no longer deletes the bar";

/**
 * Name of a vector, `<suite>/<vector>`, of a report row `report/<vector>/<row>`, of a bar `rollup/<vector>/<bar>` from 1:
 * why it is not followed.
 */
export const overturned: Readonly<Record<string, string>> = {
  ...vectors("Position Coverage [%]", {
    why: "a bar is covered when a position is held at its close: the exit bar is not",
    names: [
      "long-then-neutral forced-close first-bar-entry slice-ignores-warmup-signal sl-no-reentry",
      "tp-hit sl-priority sl-then-same-bar-reverse reversal long-only-short-is-exit",
      "short-only-long-is-exit sign-change-without-entry profit-lock profit-lock-no-lock-on-loss",
      "fixed-quote-capped short-wipeout one-bar-trade-on-last-bar sl-on-last-bar",
      "short-sl-tp-levels strategy-00 strategy-01 strategy-02 strategy-03 strategy-05 strategy-06",
      "strategy-11 strategy-15 strategy-16 strategy-20 strategy-21 strategy-22 strategy-24",
      "strategy-25 strategy-26 strategy-29 strategy-30 strategy-31 strategy-35",
    ],
  }),
  ...vectors("Avg. Drawdown [%]", {
    why: "the mean is one over drawdown episodes, of their deepest fall; N/A where there is none",
    names: [
      "long-then-neutral forced-close first-bar-entry slice-ignores-warmup-signal sl-no-reentry",
      "tp-hit sl-priority sl-then-same-bar-reverse reversal long-only-short-is-exit",
      "short-only-long-is-exit sign-change-without-entry profit-lock profit-lock-no-lock-on-loss",
      "fixed-quote-capped short-wipeout one-bar-trade-on-last-bar sl-on-last-bar",
      "short-sl-tp-levels no-signals strategy-00 strategy-01 strategy-02 strategy-03 strategy-05",
      "strategy-06 strategy-07 strategy-11 strategy-15 strategy-16 strategy-20 strategy-21",
      "strategy-22 strategy-24 strategy-25 strategy-26 strategy-29 strategy-30 strategy-31",
      "strategy-35",
    ],
  }),
  ...vectors("Sharpe Ratio", {
    why: "the numerator is the arithmetic mean of the daily returns",
    names: [
      "long-then-neutral forced-close first-bar-entry slice-ignores-warmup-signal sl-no-reentry",
      "tp-hit sl-then-same-bar-reverse reversal long-only-short-is-exit short-only-long-is-exit",
      "sign-change-without-entry profit-lock profit-lock-no-lock-on-loss fixed-quote-capped",
      "one-bar-trade-on-last-bar sl-on-last-bar short-sl-tp-levels strategy-00 strategy-01",
      "strategy-02 strategy-03 strategy-05 strategy-06 strategy-11 strategy-15 strategy-16",
      "strategy-20 strategy-21 strategy-22 strategy-24 strategy-25 strategy-26 strategy-29",
      "strategy-30 strategy-31 strategy-35",
    ],
  }),
  ...vectors("Sortino Ratio", {
    why: "the numerator is the arithmetic mean of the daily returns",
    names: [
      "forced-close first-bar-entry sl-no-reentry sl-then-same-bar-reverse",
      "short-only-long-is-exit profit-lock-no-lock-on-loss fixed-quote-capped",
      "one-bar-trade-on-last-bar sl-on-last-bar strategy-00 strategy-01 strategy-02 strategy-03",
      "strategy-05 strategy-06 strategy-11 strategy-15 strategy-16 strategy-20 strategy-21",
      "strategy-22 strategy-24 strategy-25 strategy-26 strategy-29 strategy-30 strategy-31",
      "strategy-35",
    ],
  }),
  ...vectors("Calmar Ratio", {
    why: "the numerator is the growth over the elapsed calendar days",
    names: [
      "forced-close first-bar-entry sl-no-reentry sl-then-same-bar-reverse reversal",
      "short-only-long-is-exit profit-lock profit-lock-no-lock-on-loss one-bar-trade-on-last-bar",
      "sl-on-last-bar short-sl-tp-levels strategy-00 strategy-01 strategy-02 strategy-03",
      "strategy-05 strategy-06 strategy-11 strategy-15 strategy-16 strategy-20 strategy-21",
      "strategy-22 strategy-24 strategy-25 strategy-26 strategy-29 strategy-30 strategy-31",
      "strategy-35",
    ],
  }),
  "engine/short-wipeout":
    "an account that is worth nothing or less at a close is ruined: the position is closed there " +
    "with the reason ruin, before its signal ends",
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
  ...overturnedSeries,
  "rollup/holes-15m/2": oneValueMissing,
  "rollup/holes-15m/3": oneValueMissing,
  "rollup/holes-15m/4": oneValueMissing,
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

/** One row of many reports; their vectors as texts with blanks between. */
function vectors(
  metric: string,
  { why, names }: { readonly why: string; readonly names: readonly string[] },
): Record<string, string> {
  return Object.fromEntries(names.join(" ").split(" ").map((vector) => [`report/${vector}/${metric}`, why]));
}
