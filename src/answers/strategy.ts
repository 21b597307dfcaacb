import { z } from "zod";
import { type Answer, nextCursor, time } from "./parts.ts";

/** A strategy as lists show it. */
export type StrategySummary = Answer<typeof strategySummarySchema>;

/** A strategy as callers see it. */
export type StrategyView = Answer<typeof strategyViewSchema>;

/** One page of a user's strategies, newest first. */
export type StrategyList = Answer<typeof strategyListSchema>;

const summary = z.object({
  strategy_id: z.uuid(),
  name: z.string(),
  created_at: time,
  spec_hash: z.string().describe("SHA-256 of the template; jobs made of the strategy carry the same"),
});

/** A strategy without its template. */
const strategySummarySchema = summary.meta({ id: "StrategySummary" });

/** A strategy with its template. */
export const strategyViewSchema = summary.extend({ template: z.looseObject({}) }).meta({ id: "Strategy" });

/** A page of strategies. */
export const strategyListSchema = z.object({
  items: z.array(strategySummarySchema),
  next_cursor: nextCursor,
}).meta({ id: "StrategyList" });
