/** Names that axes of every sweep may have. */
const risk: ReadonlySet<string> = new Set(
  ["sl_pct", "tp_pct", "trail_pct", "trail_after_pct", "max_bars", "sl_atr", "tp_atr"],
);

/** Name of a rules parameter among the axes of a sweep: its own, or `params.NAME` where an axis of the risk has that. */
export function ruleAxisName(name: string): string {
  return risk.has(name) ? `params.${name}` : name;
}
