import type { Calendar } from "./timeframe.ts";

/** Calendar of each market by id, as configured. */
export type MarketCalendars = Readonly<Record<string, { readonly calendar: Calendar }>>;

/** Looks up a market's calendar; a market that is not configured has sessions. */
export function calendarLookup(markets: MarketCalendars): (marketId: number) => Calendar {
  return (marketId) => markets[String(marketId)]?.calendar ?? "sessions";
}
