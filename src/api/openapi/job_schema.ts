import { z } from "@hono/zod-openapi";

/** Sign and 15 digits. */
const integerLengthMax = 16;

/** Query members that hold an integer. */
export const integerText = z.string().max(integerLengthMax)
  .refine((text) => /^[+-]?\d{1,15}$/.test(text), { error: "an integer", params: { code: "int_parsing" } })
  .transform(Number);
