import type { CandleReading } from "../core/bars/mod.ts";
import type { CandleFile } from "./candle_file.ts";
import type { CandleStore } from "./candle_store.ts";

/** A file of an upload as it comes. */
export interface UploadedFile {
  /** What the sender calls it; for error texts and as where rows came from, never as a path. */
  readonly name: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** Files of an upload, kept until disposal. */
export interface ReceivedFiles extends AsyncDisposable {
  /** What they are called together. */
  readonly label: string;
  /** All of them as one series. */
  read(reading: CandleReading): CandleFile;
}

/** Candles that users bring themselves. Nobody's can be reached through another's store. */
export interface OwnCandles {
  /** What one user may keep, in bytes. */
  readonly bytesMax: number;
  /** What one user has brought. Rejects what would be more than he may keep with `validation_error`. */
  storeOf(userId: string): CandleStore;
  /** Bytes that a user keeps. */
  keptBytes(userId: string): Promise<number>;
  /**
   * Takes files in. When one does not come whole, or the signal aborts, nothing of them is left. Rejects with
   * `validation_error` where there is no file or there are too many.
   */
  receive(
    files: AsyncIterable<UploadedFile>,
    options: { readonly signal: AbortSignal },
  ): Promise<ReceivedFiles>;
}
