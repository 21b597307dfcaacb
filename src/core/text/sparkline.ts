const levels = "▁▂▃▄▅▆▇█";

/**
 * A line of block characters, at most `width` of them, lowest value to highest. More values than characters are averaged
 * in equal groups; a group without a finite value is a space; equal values give a line in the middle.
 */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const columns = groupMeans(values, Math.min(Math.floor(width), values.length));
  const known = columns.filter(Number.isFinite);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  // the difference of two huge doubles may overflow, that of their halves cannot
  const scale = high - low === Infinity ? 0.5 : 1;
  return columns.map((value) => {
    if (!Number.isFinite(value)) return " ";
    if (low === high) return levels[3];
    const share = (value * scale - low * scale) / (high * scale - low * scale);
    return levels[Math.min(Math.floor(share * levels.length), levels.length - 1)];
  }).join("");
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
