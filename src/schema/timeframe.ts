import { nearestTimeframe, timeframeForms, timeframeOf, timeframePattern } from "../core/bars/mod.ts";
import { z } from "zod";

/** No text that is meant for a timeframe is longer. */
const textMax = 40;

/** Length of bars: each has one text, so `60m` is read as `1h`. */
export const timeframeSchema = z.string().max(textMax, { abort: true })
  // with a code of its own, it is looked at in stored templates, too
  .refine((text) => timeframePattern.test(text), {
    params: { code: "literal_error" },
    error: ({ input }) => `a timeframe, ${timeframeForms}${nearestText(input)}`,
  })
  .overwrite(timeframeOf)
  .meta({ pattern: timeframePattern.source, examples: ["15m", "1h", "1d", "1w"] });

/** The same as a key of a file, where two texts of one length would be two keys: `1h`, not `60m`. */
export const timeframeKeySchema = z.string().max(textMax, { abort: true }).refine(
  (text) => timeframePattern.test(text) && timeframeOf(text) === text,
  { error: ({ input }) => `a timeframe, ${timeframeForms}${nearestText(input)}` },
);

function nearestText(input: unknown): string {
  const nearest = typeof input === "string" ? nearestTimeframe(input) : null;
  return nearest === null ? "" : ` (nearest is ${nearest})`;
}
