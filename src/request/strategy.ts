import { z } from "zod";
import { strategyNameLengthMax } from "../core/strategy/mod.ts";
import { type BodyGrammar, bodyOf, toTemplate } from "./parse.ts";
import { type BacktestTemplate, templateSchema } from "./template.ts";

/** A strategy as sent: what it is called, and a template as in a request. */
const strategyBodySchema = z.strictObject({
  name: z.string().trim().min(1).max(strategyNameLengthMax)
    .refine(isStorable, "a text without control characters"),
  template: templateSchema,
});

/** A strategy as sent, read. */
export interface SentStrategy {
  /** Without blanks around it. */
  readonly name: string;
  readonly template: BacktestTemplate;
}

/** The body of a strategy. */
export const strategyBody: BodyGrammar<SentStrategy> = {
  schema: strategyBodySchema,
  read(value) {
    const { name, template } = bodyOf(strategyBodySchema).read(value);
    return { name, template: toTemplate(template) };
  },
};

/** Postgres keeps no NUL and no half of a surrogate pair; the other control characters make no name either. */
function isStorable(text: string): boolean {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);
}
