/** Compute time one batch aims at, in ms: cancel, heartbeat and progress are looked at between batches. */
export const batchTargetMs = 100;

/** Variants of the first batch of a stage, before its speed is known. */
export const firstBatchVariants = 256;

/** No batch holds more units than this, however fast they are. */
export const batchUnitsMax = 1_000_000;

/** How long a candle source may take to answer before the job is retried, in s. */
export const candleLoadSeconds = 120;

/** How long a worker that was told to stop may take to end its batch and give its job back, in ms. */
export const shutdownGraceMs = 4000;

/** Longest CSV or request text that is read, in bytes. */
export const inputBytesMax = 512 * 1024 * 1024;
