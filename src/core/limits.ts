/** Compute time one batch aims at, in ms: cancel, heartbeat and progress are looked at between batches. */
export const batchTargetMs = 100;

/** Variants of the first batch of a stage, before its speed is known. */
export const firstBatchVariants = 256;

/** No batch holds more units than this, however fast they are. */
export const batchUnitsMax = 1_000_000;

/** Longest CSV or request text that is read, in bytes. */
export const inputBytesMax = 512 * 1024 * 1024;
