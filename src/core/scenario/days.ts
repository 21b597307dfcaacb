import type { CandleColumns } from "../bars/mod.ts";
import { cannotValue } from "./failures.ts";
import { dateOfDay, dayOfTime } from "./dates.ts";
import type { ScenarioDay } from "./terms.ts";

/**
 * The days of daily bars `[start, stop)`, each of the UTC date of its open: f32 prices as doubles, a missing open, high or
 * low as the close. A bar without a close is no day. Throws a `validation_error` for a close that is no price.
 */
export function scenarioDays(
  { tsOpenMs, open, high, low, close }: CandleColumns,
  { start, stop, symbol }: { readonly start: number; readonly stop: number; readonly symbol: string },
): readonly ScenarioDay[] {
  const days: ScenarioDay[] = [];
  for (let bar = start; bar < stop; bar++) {
    const price = close[bar]!;
    if (Number.isNaN(price)) continue;
    const day = dayOfTime(tsOpenMs[bar]!);
    if (!(price > 0 && price < Infinity)) {
      throw cannotValue({ symbol, date: dateOfDay(day), what: `its close is ${price}` });
    }
    const orClose = (value: number) => Number.isNaN(value) ? price : value;
    days.push({
      day,
      open: orClose(open[bar]!),
      high: orClose(high[bar]!),
      low: orClose(low[bar]!),
      close: price,
    });
  }
  return days;
}
