import type { Calendar } from "./timeframe.ts";

/** What a config says of one market. */
export interface MarketSettings {
  readonly calendar: Calendar;
  /** How many daily returns make a year; null: as many as is usual for the calendar. */
  readonly daysPerYear: number | null;
  /** Whether positions there pay or earn funding, which is not computed. */
  readonly futures: boolean;
}

/** The markets of a config by id. */
export type Markets = Readonly<Record<string, MarketSettings>>;

/** What holds for a market that is not configured. */
export const unknownMarket: MarketSettings = { calendar: "sessions", daysPerYear: null, futures: false };

/** How many daily returns make a year where nothing else is said: a stock exchange has some 252 days. */
export const usualDaysPerYear: Readonly<Record<Calendar, number>> = { continuous: 365, sessions: 252 };

/** Looks up a market's calendar; a market that is not configured has sessions. */
export function calendarLookup(markets: Markets): (marketId: number) => Calendar {
  return (marketId) => (markets[String(marketId)] ?? unknownMarket).calendar;
}
