/** Bar lengths a request may ask for. */
export type Timeframe = "1m" | "5m" | "15m" | "1h" | "4h" | "1d";

/** Milliseconds of each bar length. */
export const timeframeMs: Readonly<Record<Timeframe, number>> = {
  "1m": 60_000,
  "5m": 300_000,
  "15m": 900_000,
  "1h": 3_600_000,
  "4h": 14_400_000,
  "1d": 86_400_000,
};

/** All bar lengths, shortest first. */
export const timeframes: readonly Timeframe[] = ["1m", "5m", "15m", "1h", "4h", "1d"];

/**
 * What an empty bucket means: a market that never closes repeats its last close (`continuous`), one with sessions
 * has no bar there (`sessions`).
 */
export type Calendar = "continuous" | "sessions";
