import { FolderOwnCandles } from "../adapters/candles/own/own_candles.ts";
import type { Config } from "../config.ts";
import { validationError } from "../core/errors/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { OwnCandles } from "../ports/own_candles.ts";
import { reason } from "./input.ts";

/**
 * The folder of users' own candles, made unless it is there; null where the config has none. Rejects with a
 * `validation_error` of one line when it cannot be written.
 */
export async function openOwnCandles(
  { candles: { uploads: directory }, api }: Config,
  clock: Pick<Clock, "nowMs">,
): Promise<OwnCandles | null> {
  if (directory === null) return null;
  const own = new FolderOwnCandles({ directory, bytesMax: api.uploads.user_bytes_max });
  try {
    await own.prepare({ nowMs: clock.nowMs() });
    return own;
  } catch (cause) {
    const message =
      `Cannot start the API: candles.uploads "${directory}" cannot be written: ${reason(cause)}; ` +
      "give the right to write there (--allow-write), or set candles.uploads to null";
    throw validationError(message, [{ path: "candles.uploads", code: "value_error", message }]);
  }
}
