/**
 * The account: direction, sizing, costs, risk, and the trades it makes.
 * @module
 */
export { costWarnings, type FuturesMarkets, isUsuallyFutures, shortTradesOf } from "./cost_warnings.ts";
export {
  type DirectionMode,
  directionModes,
  type ExecutionSettings,
  type ExitReason,
  exitReasons,
  noRisk,
  type Replay,
  type RiskSettings,
  type SizingMode,
  sizingModes,
  type Trade,
  tradeMembers,
} from "./execution.ts";
export { percentWarnings } from "./percent_warnings.ts";
export { isRuined, ruinedMember } from "./ruin.ts";
export { emptyTradeColumns, shortTrades, type TradeColumns, tradeColumns } from "./trade_columns.ts";
