import { z } from "zod";
import { actions, type DecisionUsage } from "../core/run/mod.ts";
import { requireStorable } from "../schema/storable.ts";
import { optional } from "./bounded.ts";
import { type BodyGrammar, bodyOf } from "./parse.ts";
import { type WithoutNulls, withoutNulls } from "./without_nulls.ts";

const count = z.int().gte(0).lte(1e12);

const usage = z.strictObject(
  optional(
    {
      llm_calls: count,
      input_tokens: count,
      output_tokens: count,
      cost_usd: z.number().gte(0).lte(1e12),
    } satisfies Readonly<Record<keyof DecisionUsage, z.ZodType>>,
  ),
);

const decisionSchema = z.strictObject({
  step_index: z.int().gte(0).lt(2 ** 31),
  action: z.enum(actions),
  ...optional({
    reason: z.string().max(500),
    confidence: z.number().gte(0).lte(1),
    usage,
  }),
});

/** What an agent decides, without nulls. */
export type SentDecision = WithoutNulls<z.output<typeof decisionSchema>>;

/** The body of a decision. */
export const decisionBody: BodyGrammar<SentDecision> = {
  schema: decisionSchema,
  read(value) {
    const sent = withoutNulls(bodyOf(decisionSchema).read(value));
    requireStorable(sent, "body");
    return sent;
  },
};
