const units = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000], ["ms", 1]] as const;

/** A length of time in the largest unit it is a whole number of, such as `45m` or `36h`. */
export function durationText(ms: number): string {
  const [unit, length] = units.find(([, length]) => Number.isInteger(ms / length)) ?? ["ms", 1];
  return `${ms / length}${unit}`;
}
