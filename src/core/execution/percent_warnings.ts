import { warning } from "../errors/mod.ts";

/** What of a sweep is given in percent and easily written as a fraction. */
export interface Percents {
  /** Levels of its axes; null where the side is off. */
  readonly risk: { readonly sl: readonly (number | null)[]; readonly tp: readonly (number | null)[] };
  readonly execution: { readonly fee_pct: number };
}

/** Percent below which a stop or a target is hit by the noise of a bar or two, and is rather meant as a fraction. */
const levelMin = 0.1;
/** Percent below which no market's fee is. */
const feeMin = 0.005;

/**
 * Says of percentages that look like fractions what they mean here: where all levels of a stop or a target are above 0 and
 * below 0.1 %, and where the fee is above 0 and below 0.005 %. One warning each.
 */
export function percentWarnings({ risk, execution: { fee_pct: fee } }: Percents): readonly string[] {
  return [
    ...levelWarning("sl", risk.sl),
    ...levelWarning("tp", risk.tp),
    ...(fee > 0 && fee < feeMin ? [tiny(`fee_pct is ${fee}, which is ${fee} %`, fee)] : []),
  ];
}

function levelWarning(name: "sl" | "tp", levels: readonly (number | null)[]): readonly string[] {
  const set = levels.filter((level) => level !== null);
  const most = Math.max(...set);
  if (set.length === 0 || most >= levelMin || Math.min(...set) <= 0) return [];
  return [tiny(`no ${name} is above ${most}, which is ${most} %`, most)];
}

function tiny(what: string, value: number): string {
  // without the rounding of 0.07 * 100
  const meant = Number((value * 100).toPrecision(12));
  return warning("tiny_percent", `${what}; percentages are human: ${meant} % is written ${meant}`);
}
