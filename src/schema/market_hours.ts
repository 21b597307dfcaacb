import { z } from "zod";
import { isZone, type MarketHours, parseSession, parseSpan } from "../core/bars/mod.ts";

const [sessionsMax, daysMax] = [20, 2000];

/** A text that a function reads, or the message that says what it should be. */
function read<Result>(parse: (text: string) => Result | null, message: string) {
  return z.string(message).max(100, message).transform((text, context) => {
    const found = parse(text);
    if (found !== null) return found;
    context.addIssue({ code: "custom", message, input: text });
    return z.NEVER;
  });
}

const date = read(
  (text) => {
    const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
    return new Date(ms).getTime() === ms && new Date(ms).toISOString().startsWith(text) ? text : null;
  },
  "a day such as 2025-12-25",
);
const session = read(parseSession, "days and times such as Mon-Fri 09:30-16:00");
const span = read(parseSpan, "times such as 09:30-13:00");

/** `markets.<id>.hours`: when a market with sessions is open. */
export const marketHoursSchema = z.strictObject({
  zone: z.string().max(100).refine(isZone, "a zone such as America/New_York or UTC"),
  open: z.array(session, "a list such as [Mon-Fri 09:30-16:00]").min(1, "a session").max(
    sessionsMax,
    `at most ${sessionsMax} sessions`,
  ),
  closed: z.array(date, "a list of days such as [2025-12-25]").max(daysMax, `at most ${daysMax} days`)
    .default([]),
  short: z.record(date, span).refine((days) => Object.keys(days).length <= daysMax, `at most ${daysMax} days`)
    .default({}),
}).transform(({ zone, open, closed, short }): MarketHours => ({
  zone,
  sessions: open,
  closed: new Set(closed),
  short: new Map(Object.entries(short)),
}));
