/** Everything an answer can warn of. */
const warningCodes = [
  "look_ahead",
  "naive_times",
  "descending_rows",
  "empty_column",
  "footer_lines",
  "further_values_unknown",
  "further_columns_left_out",
  "stamps_look_like_closes",
  "bad_rows_skipped",
  "price_jump",
  "rows_farther_apart",
  "rows_off_grid",
  "incomplete_rows",
  "bars_lost",
  "missing_bars",
  "range_not_covered",
  "no_bars",
  "history_begins_later",
  "not_compared",
  "import_not_noted",
  "partial_last_bar",
  "short_history",
  "rule_param_unused",
  "rule_held_one_bar",
  "rule_unknown_at_start",
  "rule_no_trades",
  "trades_left_out",
  "tiny_percent",
  "no_funding_or_borrow",
  "default_volatility",
  "hedge_expired",
  "side_not_allowed",
] as const;

/** Name of one of {@link warningCodes}. */
export type WarningCode = typeof warningCodes[number];

/** A warning as answers carry it: `code: sentence`, so that a program can tell the kinds apart and a person can read it. */
export function warning(code: WarningCode, sentence: string): string {
  return `${code}: ${sentence}`;
}
