/** Days from 30 December 1899, where spreadsheets count from as they take 1900 for a leap year, to 1970. */
const daysTo1970 = 25_569;
const dayMs = 86_400_000;
const minuteMs = 60_000;
const secondMs = 1000;

/** 1990 to 2099: where a column's last value must lie to be told, as with epoch stamps. */
const [toldFrom, toldTo] = [32_874, 73_051];

const serial = /^(\d{1,6})(?:[.,](\d{1,30}))?$/;

/** Whether a text is a day of a spreadsheet (`45658` or `45658.5416667`, 1900 system) in the years 1990 to 2099. */
export function isToldSerial(text: string): boolean {
  const match = serial.exec(text);
  return match !== null && Number(match[1]) >= toldFrom && Number(match[1]) < toldTo;
}

/** 1930, from which on the first row of a column may be taken for a day of a spreadsheet. */
const earliest = 10_959;

/** Whether a column that begins and ends so holds days of a spreadsheet, rather than counts or epoch stamps of 1970. */
export function areToldSerials(first: string, last: string): boolean {
  return isToldSerial(last) && isSerial(first) && Number.parseInt(first, 10) >= earliest &&
    Number.parseInt(first, 10) < toldTo;
}

/** Whether a text has the form of a day of a spreadsheet. */
export function isSerial(text: string): boolean {
  return serial.test(text);
}

/**
 * Epoch ms of a day of a spreadsheet, with its time of day as a fraction: the whole minute that it is as far as its digits
 * go, else the whole second, else the millisecond. Null where digits are too few to tell a minute, or it is no such day.
 */
export function serialMs(text: string): number | null {
  const match = serial.exec(text);
  if (match === null) return null;
  const [, days, fraction = "0"] = match;
  const ofDayMs = Number(`0.${fraction}`) * dayMs;
  const nearest = (unitMs: number) => Math.round(ofDayMs / unitMs) * unitMs;
  const errorMs = dayMs / 2 / 10 ** fraction.length;
  // 0.5 is noon, 0.6 may be any time that was cut
  const isWhole = ofDayMs % (dayMs / 8) === 0;
  if (errorMs >= minuteMs / 2 && !isWhole) return null;
  const unit =
    [minuteMs, secondMs, 1].find((unitMs) => Math.abs(nearest(unitMs) - ofDayMs) <= errorMs + 1e-3) ?? 1;
  return (Number(days) - daysTo1970) * dayMs + nearest(unit);
}
