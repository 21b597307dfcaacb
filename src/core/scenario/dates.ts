const dayMs = 86_400_000;

/** Days since 1970 of a date `YYYY-MM-DD`; NaN of a text that is none. */
export function dayOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / dayMs;
}

/** Whether a text is a date that the calendar has, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const day = dayOfDate(text);
  // Date.parse rolls 30 February over to March
  return !Number.isNaN(day) && dateOfDay(day) === text;
}

/** `YYYY-MM-DD` of days since 1970. */
export function dateOfDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Days since 1970 of the UTC date of a time. */
export function dayOfTime(epochMs: number): number {
  return Math.floor(epochMs / dayMs);
}
