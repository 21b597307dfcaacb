/**
 * What is refused and what is warned of, in one form for every way in.
 * @module
 */
export {
  BacktestError,
  type ErrorCode,
  type ErrorDetails,
  type ErrorItem,
  errorItemsMax,
  findingsOf,
  isOutage,
  isTransient,
  sortItems,
  unknownPath,
  validationError,
} from "./errors.ts";
export { gather, refusal } from "./findings.ts";
export { warning } from "./warnings.ts";
