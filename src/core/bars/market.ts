import type { DayStart } from "./day_start.ts";
import type { MarketHours } from "./market_hours.ts";
import { type Calendar, type Timeframe, timeframeMs } from "./timeframe.ts";

/** An instrument of one market. Symbols are upper case. */
export interface Instrument {
  readonly market_id: number;
  readonly symbol: string;
}

/** What is done with a last bar that the data or the range end inside of. */
export type PartialLastBar = "skip" | "trade";

/** What a config says of one market. */
export interface Market {
  readonly calendar: Calendar;
  /** How many daily returns make a year; null: as many as is usual for the calendar. */
  readonly daysPerYear: number | null;
  /** Whether positions there pay or earn funding, which is not computed. */
  readonly futures: boolean;
  /** Where days, and bars of an hour or more, start; null: at midnight UTC. */
  readonly dayStart: DayStart | null;
  readonly partialLastBar: PartialLastBar;
  /** When a market with sessions is open; else that is told from the candles. */
  readonly hours?: MarketHours | undefined;
}

/** The markets of a config by id. */
export type Markets = Readonly<Record<string, Market>>;

/** What holds for a market that is not configured. */
export const unknownMarket: Market = {
  calendar: "sessions",
  daysPerYear: null,
  futures: false,
  dayStart: null,
  partialLastBar: "skip",
};

/** How many daily returns make a year where nothing else is said: a stock exchange has some 252 days. */
export const usualDaysPerYear: Readonly<Record<Calendar, number>> = { continuous: 365, sessions: 252 };

/**
 * How many returns make a year between bars of a timeframe: as many as days, and of bars longer than a day as many of these
 * as a year of 365 days has, or 12 months.
 */
export function returnsPerYear(daysPerYear: number, timeframe: Timeframe): number {
  const days = timeframeMs(timeframe) / 86_400_000;
  if (days <= 1) return daysPerYear;
  return Math.min(daysPerYear, timeframe === "1M" ? 12 : 365 / days);
}

/** What a caller may say of how bars are made, which then wins over the config. */
export type MarketWish = Partial<Pick<Market, "calendar" | "dayStart" | "partialLastBar">>;

/** Looks a market up by its id; one that is not configured has sessions. */
export function marketLookup(markets: Markets, wish: MarketWish = {}): (marketId: number) => Market {
  return (marketId) => ({ ...markets[String(marketId)] ?? unknownMarket, ...wish });
}
