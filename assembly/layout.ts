// Offsets, strides and codes of everything that crosses the border in memory; imported by the module and by its host.
// Offsets and strides are bytes. Untyped integers, so that both compilers read them.

/** First byte the host may use; below it lies what the compiler placed, the tables of the logarithm. */
export const ARENA_BASE = 8192;

/** Bars that must be readable behind the last one of every column and series: masks are built 64 bars at a time. */
export const COLUMN_SLACK = 64;

/** Sides of the market; also the bits of "which sides may be opened". */
export const SIDE_LONG = 1;
export const SIDE_SHORT = 2;

/** Account settings, f64 each. Rates are fractions. */
export const ACCOUNT_INIT_CASH = 0;
/** Largest quote amount of one entry; infinite when all cash goes in. */
export const ACCOUNT_STAKE_MAX = 8;
/** Share of a winning trade's net profit that is put aside; 0 for none. */
export const ACCOUNT_LOCK_RATE = 16;
export const ACCOUNT_FEE_RATE = 24;
/** What a close is multiplied by to open a position: `1 + slippage` for a long, `1 - slippage` for a short. */
export const ACCOUNT_OPEN_LONG = 32;
export const ACCOUNT_OPEN_SHORT = 40;
/** The same to close one, the other way round. */
export const ACCOUNT_CLOSE_LONG = 48;
export const ACCOUNT_CLOSE_SHORT = 56;
export const ACCOUNT_BYTES = 64;

/**
 * The slice that is traded, u32 each: address of its first close, its bars and the address of the account, written by the
 * host; then those of the tables that `writeTables` makes of them, 0 where there is none.
 */
export const SLICE_CLOSE = 0;
export const SLICE_BARS = 4;
export const SLICE_ACCOUNT = 8;
export const SLICE_ORDERS = 12;
export const SLICE_RUIN_BLOCKS = 16;
export const SLICE_PRICE_BLOCKS = 20;
export const SLICE_BYTES = 24;

/** Stops and targets of a risk plane, u32 each: where the f64 levels lie, ascending, and how many there are. */
export const LEVELS_STOPS = 0;
export const LEVELS_STOP_COUNT = 4;
export const LEVELS_TARGETS = 8;
export const LEVELS_TARGET_COUNT = 12;
export const LEVELS_BYTES = 16;

/** How a run ended, f64 each. */
export const OUTCOME_AVAILABLE = 0;
export const OUTCOME_SAFE = 8;
/** Slice bar whose close gives no usable fill price, or -1. */
export const OUTCOME_BAD_BAR = 16;
export const OUTCOME_BYTES = 24;

/** One run of equal signals, i32 each: opened at `entry`, closed at `exit` at the latest. */
export const SEGMENT_ENTRY = 0;
export const SEGMENT_EXIT = 4;
export const SEGMENT_SIDE = 8;
export const SEGMENT_STRIDE = 12;

/** One closed trade, f64 each; bars count from the start of the slice. */
export const TRADE_SIDE = 0;
export const TRADE_ENTRY_BAR = 8;
export const TRADE_EXIT_BAR = 16;
export const TRADE_ENTRY_FILL = 24;
export const TRADE_EXIT_FILL = 32;
export const TRADE_QUANTITY = 40;
export const TRADE_ENTRY_QUOTE = 48;
export const TRADE_EXIT_QUOTE = 56;
export const TRADE_ENTRY_FEE = 64;
export const TRADE_EXIT_FEE = 72;
export const TRADE_GROSS = 80;
export const TRADE_NET = 88;
export const TRADE_LOCKED = 96;
export const TRADE_REASON = 104;
export const TRADE_STRIDE = 112;

/** What is measured of one variant, f64 each. The drawdown is a fraction of the peak, NaN where it has no meaning. */
export const MEASURE_DRAWDOWN = 0;
/** Sums of the net profits above and below 0, in quote. */
export const MEASURE_PROFIT = 8;
export const MEASURE_LOSS = 16;
/** Used while measuring: the highest equity so far, and the first bar since which nothing is held. */
export const MEASURE_PEAK = 24;
export const MEASURE_FLAT_FROM = 32;
/** How many trades were made. */
export const MEASURE_TRADES = 40;
export const MEASURE_STRIDE = 48;

/** Variants that Stage A scores side by side. */
export const VARIANTS_MAX = 8;

/** Why a trade was closed; 0 while it is open. */
export const REASON_SIGNAL = 1;
export const REASON_STOP = 2;
export const REASON_TARGET = 3;
export const REASON_FORCED = 4;
export const REASON_RUIN = 5;

/** Parts of a candle. */
export const PART_BODY = 0;
export const PART_RANGE = 1;
export const PART_UPPER_WICK = 2;
export const PART_LOWER_WICK = 3;

/** Operators of rules. */
export const RULE_ADD = 0;
export const RULE_SUBTRACT = 1;
export const RULE_MULTIPLY = 2;
export const RULE_DIVIDE = 3;
export const RULE_MIN = 4;
export const RULE_MAX = 5;
export const RULE_ABS = 6;
export const RULE_LOG = 7;
export const RULE_SQRT = 8;

/** Comparisons and crossings of rules. */
export const RULE_ABOVE = 0;
export const RULE_BELOW = 1;
export const RULE_AT_LEAST = 2;
export const RULE_AT_MOST = 3;
export const RULE_EQUAL = 4;
export const RULE_UNEQUAL = 5;
export const RULE_CROSSES_ABOVE = 6;
export const RULE_CROSSES_BELOW = 7;

/** Connectives of rules. */
export const RULE_AND = 0;
export const RULE_OR = 1;
export const RULE_XOR = 2;
