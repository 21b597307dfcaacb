const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Months by the key of their names. */
export const months: ReadonlyMap<number, number> = new Map(
  monthNames.map((name, index) => [letterKey(name), index + 1]),
);
/** Keys of names of days. */
export const weekdays: ReadonlySet<number> = new Set(
  ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(letterKey),
);
/** Keys of names of UTC. */
export const utcNames: ReadonlySet<number> = new Set(["z", "utc", "gmt"].map(letterKey));
/** Keys of the halves of a day, and of what may stand between date and time. */
export const [am, pm, t] = [letterKey("am"), letterKey("pm"), letterKey("t")];

/** The first three letters as a number, whatever their case. */
export function letterKey(name: string): number {
  return [...name.slice(0, 3)].reduce((key, letter) => key * 32 + (letter.charCodeAt(0) & 31), 0);
}

/** The year that two digits mean: 1970 to 2069. */
export function wholeYear(year: number): number {
  return year < 70 ? year + 2000 : year + 1900;
}
