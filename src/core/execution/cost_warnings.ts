import { warning } from "../errors/mod.ts";
import type { DirectionMode } from "./execution.ts";

/** Which markets are futures markets, by id, as configured. */
export type FuturesMarkets = Readonly<Record<string, { readonly futures: boolean }>>;

/** Markets of futures where a config does not say otherwise: Binance and Bybit futures. */
const usualFutures: readonly string[] = ["2", "4"];

/** Whether a market is one of futures unless its config says so itself. */
export function isUsuallyFutures(marketId: string): boolean {
  return usualFutures.includes(marketId);
}

/** What decides which costs results lack. */
export interface CostsInput {
  /** Null where it is not known. */
  readonly marketId: number | null;
  readonly markets: FuturesMarkets;
  readonly directionMode: DirectionMode | null;
  /** Short trades of all rows; null where rows do not say. */
  readonly shortTrades: number | null;
}

/**
 * Says that costs of real positions are not in the figures: borrow cost of shorts, where there are any or, as long as
 * nothing is known of the trades, may be; funding in a futures market. At most one warning.
 */
export function costWarnings(
  { marketId, markets, directionMode, shortTrades }: CostsInput,
): readonly string[] {
  const possible = directionMode !== null && directionMode !== "long-only";
  const borrow = shortTrades === null ? possible : shortTrades > 0;
  const id = marketId === null ? "" : String(marketId);
  const funding = markets[id]?.futures ?? isUsuallyFutures(id);
  const lacks = [
    ...(borrow ? ["short trades pay no borrow cost"] : []),
    ...(funding ? [`positions in a futures market (market_id ${id}) neither pay nor earn funding`] : []),
  ];
  return lacks.length === 0 ? [] : [warning("no_funding_or_borrow", `${lacks.join(", and ")} here`)];
}

/** Short trades of all rows; null where a row, or every one, does not say. */
export function shortTradesOf(
  rows: readonly { readonly metrics: { readonly short_trades: number | null } | null }[],
): number | null {
  let sum = 0;
  for (const { metrics } of rows) {
    // rows of earlier releases, and of a running job
    if (typeof metrics?.short_trades !== "number") return null;
    sum += metrics.short_trades;
  }
  return rows.length === 0 ? null : sum;
}
