/** Compute time one batch aims at, in ms: cancel, heartbeat and progress are looked at between batches. */
export const batchTargetMs = 100;

/** Variants of the first batch of a stage, before its speed is known. */
export const firstBatchVariants = 256;

/** Variants times bars of the first batch, unless one unit has more: it may be the slowest of all. */
export const firstBatchBars = 4_000_000;

/**
 * Variants times bars of any batch, unless one unit has more: what was quick by caches may be followed by what is not, up
 * to some 50 times slower, and cancel must be seen all the same.
 */
export const batchBarsMax = 50_000_000;

/** Compute time after which cancel is looked at within a batch, too, in ms: one that folds equal trades may take long. */
export const batchPauseMs = 1000;

/** No batch holds more units than this, however fast they are. */
export const batchUnitsMax = 1_000_000;

/** Variants of a batch that folds equal trades, unless one base has more: all of them may have to be looked at. */
export const foldedBatchCells = 65_536;

/** Variants whose trades are digested in one call. */
export const foldChunk = 64;

/** How long a worker that was told to stop may take to end its batch and give its job back, in ms. */
export const shutdownGraceMs = 4000;

/** Longest CSV or request text that is read, in bytes. */
export const inputBytesMax = 512 * 1024 * 1024;

/** Synchronous runs that may wait for their turn; their deadlines run meanwhile. */
export const syncRunsWaitingMax = 16;

/** Of these, how many of one user. */
export const syncRunsWaitingPerUserMax = 4;

/** Values per axis of the planes around a winner. */
export const planeValuesMax = 64;

/** Parameter axes with planes of their own, in plan order; stop and target come on top. */
export const planeAxesMax = 8;

/** Base variants scored for the planes, whatever the sweep. */
export const planeBasesMax = 4096;

/** Otherwise no more than a quarter of those Stage B expanded, or this many. */
export const planeBasesMin = 64;

/** Bars and risk cells gone through for the planes. */
export const planeBarsMax = 100_000_000;

/** Risk cells a batch of the planes returns, unless one base has more. */
export const planeBatchCells = 100_000;

/** Trades of one variant that are answered or stored: they are 25 MB of JSON, and nobody else is answered meanwhile. */
export const tradesPerRowMax = 50_000;

/** Trades of all rows of a job that are stored. */
export const tradesPerJobMax = 150_000;

/** Trades of all rows that are answered at once; the rest is there row by row, as a file. */
export const tradesPerAnswerMax = 20_000;

/** When to ask again for candles whose source did not answer, in s. */
export const candleRetrySeconds = 5;

/** How long answers under way may take once the API was told to stop; then runs are cancelled, in ms. */
export const apiDrainMs = 4000;

/** How long cancelled runs may take to say so; then connections are cut, in ms. */
export const apiCancelMs = 1000;

/** Files of one upload of candles. */
export const uploadFilesMax = 1000;

/** Instruments that one user may keep candles of, each timeframe by itself. */
export const uploadInstrumentsMax = 1000;

/** Uploads of one user under way at the same time. */
export const uploadsPerUserMax = 2;

export {
  axisNumberMax,
  cashMax,
  cashMin,
  costPctMax,
  cursorLengthMax,
  explicitValuesMax,
  gridsMax,
  membersMax,
  nameLengthMax,
  preselectMax,
  reasonLengthMax,
  riskPctMax,
  rowsMax,
  ruleTextSentMax,
  symbolForm,
  symbolLengthMax,
  timeLengthMax,
  warmupBarsMax,
} from "./request_bounds.ts";

/** Masks of a sweep that are kept for the next variants, in bytes a thread, unless one variant needs more. */
export const maskCacheBytes = 64 * 1024 * 1024;

/** The same of rules, of which series are kept, too, which take 16 times as much. */
export const ruleCacheBytes = 96 * 1024 * 1024;

/** Most steps of a run, whatever the config allows: they are read in one piece with every decision. */
export const runStepsMax = 10_000;

/** Bars and indicator series of runs that a process keeps, in bytes: what does not fit is loaded for each use. */
export const runTapesBytesMax = 128 * 1024 * 1024;

/** Runs whose candles are loaded at the same time. */
export const runLoadsMax = 4;

/** Points of the equity curve of a run that are stored; of longer slices every n-th bar has one. */
export const runEquityPointsMax = 20_000;

/** Runs that one pass of the reaper drains. */
export const runDrainsMax = 500;

/** How long a run without baselines is worth another try, in seconds. */
export const runBaselineSeconds = 86_400;
