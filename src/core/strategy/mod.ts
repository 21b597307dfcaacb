/**
 * Saved strategies.
 * @module
 */
export {
  decodeStrategyCursor,
  encodeStrategyCursor,
  type NewStrategy,
  requireNewStrategy,
  strategiesPerUserMax,
  type Strategy,
  type StrategyCursor,
  strategyNameLengthMax,
  strategyQuotaExceeded,
} from "./strategy.ts";
