import type { Ccxt } from "./ccxt_module.ts";

declare const ccxt: Ccxt;
/** What the package exports. */
export default ccxt;
