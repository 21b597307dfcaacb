import { findIndicator } from "./catalogue.ts";
import { validationError } from "../errors/mod.ts";
import type { Instrument } from "../bars/mod.ts";

/** Indicators, and whether the candles they are to be computed from have a volume. */
export interface NeededVolume {
  readonly indicatorIds: readonly string[];
  readonly hasVolume: boolean;
  /** Left out where a file stands for any. */
  readonly instrument?: Instrument;
}

/** Throws a `validation_error` naming the indicators that need a volume where there is none. */
export function requireVolume({ indicatorIds, hasVolume, instrument }: NeededVolume): void {
  if (hasVolume) return;
  const wanting = indicatorIds.filter((id) => findIndicator(id)?.inputs.includes("volume"));
  if (wanting.length === 0) return;
  const of = instrument
    ? ` of market ${instrument.market_id} symbol ${JSON.stringify(instrument.symbol)}`
    : "";
  const message =
    `Cannot compute ${wanting.join(", ")}: the candles${of} have no volume, the column is blank ` +
    "throughout; indicators of prices alone work";
  throw validationError(message, [
    { path: "body.template.indicator_grids", code: "value_error", message },
  ]);
}
