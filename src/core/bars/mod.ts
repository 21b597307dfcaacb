/**
 * Candles and their time: markets, reading, judging, roll-up, and the timeline of a run.
 * @module
 */
export { shownF32 } from "./bad_candle.ts";
export { type BarGrid, barGrid } from "./bar_grid.ts";
export { CandleJudge } from "./candle_judge.ts";
export {
  type BadRows,
  badRowsChoices,
  type CandleReading,
  type ColumnRole,
  columnRoles,
  type DateOrder,
  dateOrders,
  type Duplicates,
  duplicatesChoices,
  stampChoices,
} from "./candle_reading.ts";
export {
  type BarSlice,
  candleBytes,
  type CandleColumns,
  closeClock,
  closeOf,
  closesOf,
  emptyCandles,
  type Timeline,
  type TimeRange,
} from "./candles.ts";
export { looksLikeCloses, openOfClose } from "./close_stamps.ts";
export { type Coverage, type DataCoverage, dataCoverage } from "./data_coverage.ts";
export { dataWarnings } from "./data_warnings.ts";
export { type LongestLookback, warmUpBars } from "./warm_up.ts";
export { type DayStart, parseDayStart } from "./day_start.ts";
export {
  type CandleValue,
  candleValues,
  type ExactCandles,
  exactCandles,
  mapExact,
  reversedCandles,
  type StampedCandles,
  type ValueLimits,
} from "./exact_candles.ts";
export {
  type FurtherColumns,
  furtherColumnsMax,
  mapFurther,
  missingColumn,
  type WithFurther,
} from "./further_columns.ts";
export { inspected, type InspectedRow, type Inspection } from "./inspection.ts";
export { judgedSeries, verdictWarnings } from "./judged_series.ts";
export {
  type Instrument,
  type Market,
  marketLookup,
  type Markets,
  type MarketWish,
  type PartialLastBar,
  returnsPerYear,
  unknownMarket,
  usualDaysPerYear,
} from "./market.ts";
export { type MarketHours, parseSession, parseSpan } from "./market_hours.ts";
export { barsMax } from "./rollup.ts";
export { areToldSerials, isSerial, isToldSerial, serialMs } from "./serial_days.ts";
export { liesOnGrid } from "./stored_grid.ts";
export { SpacingTeller, spacingText, storedSpacingMs } from "./spacing.ts";
export { hasValue, type StoredSeries, wholeSeries, withoutVolume } from "./stored_series.ts";
export {
  candleTimes,
  isStamp,
  isTold,
  plainStamp,
  stampMs,
  type StatedUnit,
  statedUnits,
  type TimeUnit,
  unitOf,
  unitPlaces,
} from "./time_unit.ts";
export {
  barLengthMs,
  type Calendar,
  isMadeOf,
  longestBarMs,
  monthMs,
  type Timeframe,
  timeframeForms,
  timeframeMs,
  timeframeOf,
  timeframePattern,
  timeframes,
} from "./timeframe.ts";
export { buildTimeline, type BuiltTimeline, loadRange } from "./timeline.ts";
export { nearestTimeframe } from "./nearest_timeframe.ts";
export { uncoveredRange } from "./uncovered_range.ts";
export { isZone, isZoneAbbreviation, localMoments, zoneOffsets } from "./zone_offset.ts";
