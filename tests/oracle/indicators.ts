import { findIndicator, type Source } from "../../src/core/catalogue/mod.ts";
import { type OracleCandles, sourceSeries } from "./candles.ts";
import { momentum } from "./indicators/momentum.ts";
import { movingAverages } from "./indicators/moving_averages.ts";
import type { Oracles } from "./indicators/oracle.ts";
import { otherOutputs } from "./indicators/other_outputs.ts";
import { structure } from "./indicators/structure.ts";
import { trend } from "./indicators/trend.ts";
import { volatility } from "./indicators/volatility.ts";
import { volume } from "./indicators/volume.ts";

const oracles: Oracles = { ...movingAverages, ...momentum, ...structure, ...trend, ...volatility, ...volume };

/** An indicator's scored output or another one, one f32 per bar, from the source of its values or a series instead of it. */
export function indicatorSeries(
  id: string,
  { candles, values, output, source }: {
    readonly candles: OracleCandles;
    readonly values: Readonly<Record<string, number | string>>;
    readonly output?: string | undefined;
    readonly source?: readonly number[] | undefined;
  },
): number[] {
  const known = findIndicator(id)?.id;
  const oracle = known && (output === undefined ? oracles[known] : otherOutputs[known]?.[output]);
  if (oracle === undefined) throw new Error(`No oracle for ${id} ${output ?? ""}`);
  const x = source ?? sourceSeries(candles, (values.source ?? "close") as Source);
  return oracle({ candles, x: [...x], values, window: Number(values.window) }).map(Math.fround);
}
