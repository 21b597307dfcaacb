import { z } from "zod";
import { strategyNameLengthMax } from "../core/strategy/mod.ts";
import { templateSchema } from "./template.ts";

/** A strategy as sent: what it is called, and a template as in a request. */
export const strategyBodySchema = z.strictObject({
  name: z.string().trim().min(1).max(strategyNameLengthMax)
    .refine(isStorable, "a text without control characters"),
  template: templateSchema,
});

/** Postgres keeps no NUL and no half of a surrogate pair; the other control characters make no name either. */
function isStorable(text: string): boolean {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);
}
