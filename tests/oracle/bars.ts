import type { DayStart } from "../../src/core/bars/mod.ts";

const hour = 3_600_000;

/** The bar that holds a time, told with Temporal from dates alone. */
export function barHolding(
  timeMs: number,
  { timeframe, dayStart }: { readonly timeframe: string; readonly dayStart: DayStart },
): readonly [openMs: number, closeMs: number] {
  const { minutes, zone } = dayStart;
  const clock = new Temporal.PlainTime(Math.floor(minutes / 60), minutes % 60);
  // a day has the date on which its larger part lies
  const start = (date: Temporal.PlainDate) =>
    date.add({ days: minutes >= 720 ? -1 : 0 }).toZonedDateTime({ timeZone: zone, plainTime: clock })
      .epochMilliseconds;
  let date = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(zone).toPlainDate().add({
    days: 2,
  });
  while (start(date) > timeMs) date = date.subtract({ days: 1 });
  if (timeframe === "1M") {
    return [start(date.with({ day: 1 })), start(date.with({ day: 1 }).add({ months: 1 }))];
  }
  if (timeframe === "1w") {
    const monday = date.subtract({ days: date.dayOfWeek - 1 });
    return [start(monday), start(monday.add({ days: 7 }))];
  }
  const [count, unit] = [Number(timeframe.slice(0, -1)), timeframe.at(-1)];
  if (unit === "d") {
    const epoch = new Temporal.PlainDate(1970, 1, 1);
    const first = Math.floor(epoch.until(date).days / count) * count;
    return [start(epoch.add({ days: first })), start(epoch.add({ days: first + count }))];
  }
  const step = count * (unit === "h" ? hour : hour / 60);
  const from = start(date);
  const open = from + Math.floor((timeMs - from) / step) * step;
  return [open, Math.min(open + step, start(date.add({ days: 1 })))];
}
