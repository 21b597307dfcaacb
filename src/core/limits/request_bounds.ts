/** Longest symbol of an instrument, in UTF-16 units. */
export const symbolLengthMax = 64;

/** Longest name of an indicator, a parameter, a signal value or an input. */
export const nameLengthMax = 64;

/** Characters of the reason that is sent with a cancel. */
export const reasonLengthMax = 200;

/** Longest text of a time. */
export const timeLengthMax = 40;

/** Most indicator grids of a request. */
export const gridsMax = 256;

/** Longest text of a rule that is looked at, in UTF-16 units; the parser takes less and says how much. */
export const ruleTextSentMax = 100_000;

/** Most members of an object whose names the caller chooses. */
export const membersMax = 256;

/** Most values of an axis that are spelled out. A longer one can be written as a range. */
export const explicitValuesMax = 10_000;

/** Largest number of an axis, up and down: what is computed of it stays finite. */
export const axisNumberMax = 1e12;

/** Largest fee or slippage, in percent of a trade: all of it. */
export const costPctMax = 100;

/** Largest stop or target, in percent: ten thousand times the price. */
export const riskPctMax = 1_000_000;

/** Smallest amount of money an account starts or trades with. */
export const cashMin = 1e-6;

/** Largest amount of money an account starts or trades with. */
export const cashMax = 1e15;

/**
 * What a symbol may not be: one with a space, or with a character that means a pattern or a path to programs, or one of
 * nothing but dots, which names a folder.
 */
// deno-lint-ignore no-control-regex -- they are what is looked for
export const symbolForm = /^(?!\.+$)[^\s\u0001-\u001f\u007f*?"'`<>|\\%;,]+$/;

/** Most bars of warm-up. */
export const warmupBarsMax = 1_000_000;

/** Most rows a request may ask for, whatever the config allows. */
export const rowsMax = 1_000_000;

/** Most base variants Stage A keeps; they are counted in 32 bits. */
export const preselectMax = 2 ** 31 - 1;

/** Longest cursor of a list; ours are shorter. */
export const cursorLengthMax = 512;
