import type { Source } from "../../src/core/catalogue/mod.ts";
import { type OracleCandles, sourceSeries } from "./candles.ts";
import { momentum } from "./indicators/momentum.ts";
import { movingAverages } from "./indicators/moving_averages.ts";
import type { Oracles } from "./indicators/oracle.ts";
import { structure } from "./indicators/structure.ts";
import { trend } from "./indicators/trend.ts";
import { volatility } from "./indicators/volatility.ts";
import { volume } from "./indicators/volume.ts";

const oracles: Oracles = { ...movingAverages, ...momentum, ...structure, ...trend, ...volatility, ...volume };

/** An indicator's scored output, one f32 per bar. */
export function indicatorSeries(
  id: string,
  { candles, values }: {
    readonly candles: OracleCandles;
    readonly values: Readonly<Record<string, number | string>>;
  },
): number[] {
  const oracle = oracles[id];
  if (oracle === undefined) throw new Error(`No oracle for ${id}`);
  const x = sourceSeries(candles, (values.source ?? "close") as Source);
  return oracle({ candles, x, values, window: Number(values.window) }).map(Math.fround);
}
