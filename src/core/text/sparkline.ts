const levels = "▁▂▃▄▅▆▇█";

/** How wide a line is, and from what to what it goes where that is not from its lowest value to its highest. */
export interface SparklineScale {
  readonly width: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A line of block characters, at most `width` of them, lowest value to highest, or on a scale that lines share. More values
 * than characters are averaged in equal groups; a group without a finite value is a space; equal values give a line in the
 * middle.
 */
export function sparkline(values: ArrayLike<number>, scale: number | SparklineScale): string {
  const width = typeof scale === "number" ? scale : scale.width;
  const columns = groupMeans(values, Math.min(Math.floor(width), values.length));
  const known = columns.filter(Number.isFinite);
  const { low, high } = typeof scale === "number" ? endsOf(known) : scale;
  // the difference of two huge doubles may overflow, that of their halves cannot
  const factor = high - low === Infinity ? 0.5 : 1;
  return columns.map((value) => {
    if (!Number.isFinite(value)) return " ";
    if (low === high) return levels[3];
    const share = (value * factor - low * factor) / (high * factor - low * factor);
    return levels[Math.min(Math.max(Math.floor(share * levels.length), 0), levels.length - 1)];
  }).join("");
}

function endsOf(values: readonly number[]): Pick<SparklineScale, "low" | "high"> {
  return {
    low: values.reduce((a, b) => Math.min(a, b), Infinity),
    high: values.reduce((a, b) => Math.max(a, b), -Infinity),
  };
}

function groupMeans(values: ArrayLike<number>, groups: number): number[] {
  const means: number[] = [];
  for (let group = 0; group < groups; group++) {
    const from = Math.floor(group * values.length / groups);
    const to = Math.floor((group + 1) * values.length / groups);
    let sum = 0;
    let count = 0;
    for (let i = from; i < to; i++) {
      if (!Number.isFinite(values[i])) continue;
      sum += values[i]!;
      count++;
    }
    means.push(count === 0 ? NaN : sum / count);
  }
  return means;
}
