/**
 * The package, in a file that nothing imports by its name: it is of 60 MB, so only who fetches candles has it installed, when
 * he does. See `ccxt_exchange.ts`.
 * @module
 */
// @ts-types="./ccxt_types.ts"
import ccxt from "ccxt";

/** The package. */
export default ccxt;
