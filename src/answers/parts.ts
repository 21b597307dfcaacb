import { z } from "zod";
import { rankingMetrics } from "../core/ranking/mod.ts";
import type { DataCoverage } from "../core/bars/mod.ts";
import {
  directionModes,
  type ExecutionSettings,
  exitReasons,
  sizingModes,
  type Trade,
} from "../core/execution/mod.ts";
import type { PlaneAxis, SameAs, VariantPayload } from "../core/grid/mod.ts";
import { figureTexts, flagTexts } from "../core/report/mod.ts";

/** What an answer of a schema is, for those who make it and those who read it. */
export type Answer<Schema extends z.ZodType> = Exact<z.output<Schema>>;

/** The same for good, and without undefined, which JSON has not: what is optional may be absent. */
export type Exact<T> = T extends object ? { readonly [Name in keyof T]: Exact<Exclude<T[Name], undefined>> }
  : T;

/** The schemas of a type of core's, member by member. */
export type Members<T> = Readonly<Record<keyof T, z.ZodType>>;

/** Hex SHA-256. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A moment, ISO 8601 UTC. */
export const time = z.iso.datetime();

/** A page's end. */
export const nextCursor = z.string().nullable().describe("For the next page, null on the last one; opaque");

/** A named schema or null. `nullable()` would make the document demand an object and allow null, which nothing is. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

/** A member that only rows of a ruined account have. */
export const ruined = z.literal(true).optional()
  .describe("Nothing of the initial cash is left, or less; absent in other rows. Ruined rows rank last");

/** What the rows are ranked by, where that needs to be said. */
export const rankedBy = z.enum(rankingMetrics).optional().describe(
  "The member of `metrics` that the rows are ranked by first; only where that is not the total return",
);

/** What Stage A at the default preselect would have missed. */
export const missed = z.int().optional().describe(
  'Of a finished run with preselect "all": how many of all its rows the default preselect would have missed',
);

/** A variant written out, as results carry it and as `variant-report` takes it back. */
export const variantPayloadSchema = z.object(
  {
    indicator_selections: z.array(z.object({
      indicator_id: z.string(),
      inputs: z.record(z.string(), z.string()),
      params: z.record(z.string(), z.number()),
    })).optional().describe("Absent beside rule_params"),
    signal_params: z.record(z.string(), z.record(z.string(), z.number())).optional(),
    rule_params: z.record(z.string(), z.union([z.number(), z.string()])).optional()
      .describe("Of a strategy in rules: its parameters by name, numbers or names of prices"),
    risk_params: z.object({
      sl_enabled: z.boolean(),
      sl_pct: z.number().nullable(),
      tp_enabled: z.boolean(),
      tp_pct: z.number().nullable(),
    }),
    execution_params: z.object(
      {
        init_cash_quote: z.number(),
        fixed_quote: z.number(),
        safe_profit_percent: z.number(),
        fee_pct: z.number(),
        slippage_pct: z.number(),
      } satisfies Members<ExecutionSettings>,
    ),
    direction_mode: z.enum(directionModes),
    sizing_mode: z.enum(sizingModes),
  } satisfies Members<VariantPayload>,
).meta({ id: "VariantPayload" });

/** What every answer says of a ranked variant. */
export const rankedMembers = { total_return_pct: z.number(), ruined, payload: variantPayloadSchema };

/** The figures of a ranked variant as numbers. */
export const variantMetricsSchema = z.object({
  ...described(figureTexts, () => z.number().nullable()),
  ...described(flagTexts, () => z.boolean()),
}).meta({ id: "VariantMetrics" });

const barClose = time.optional()
  .describe("Close of the bar, UTC; absent in trades that a release without it stored");

/** One closed position. */
export const tradeSchema = z.object(
  {
    trade_id: z.int(),
    direction: z.enum(["long", "short"]),
    entry_bar_index: z.int(),
    exit_bar_index: z.int(),
    entry_ts: barClose,
    exit_ts: barClose,
    entry_fill_price: z.number(),
    exit_fill_price: z.number(),
    qty_base: z.number(),
    entry_quote_amount: z.number(),
    exit_quote_amount: z.number(),
    entry_fee_quote: z.number(),
    exit_fee_quote: z.number(),
    gross_pnl_quote: z.number(),
    net_pnl_quote: z.number(),
    locked_profit_quote: z.number(),
    exit_reason: z.enum(exitReasons),
  } satisfies Members<Trade>,
).meta({ id: "Trade" });

/** The variants that were folded into a row because their trades are equal to its own. */
export const sameAsSchema = z.object(
  {
    count: z.int().min(1).describe("Without the row itself"),
    params: z.record(z.string(), z.union([z.tuple([z.number(), z.number()]), z.array(z.string())])).describe(
      "Parameters in which they differ: lowest and highest value, of sources all names",
    ),
  } satisfies Members<SameAs>,
).meta({ id: "SameAs" });

/** What the figures of a run are made on. */
export const dataCoverageSchema = z.object(
  {
    first_bar: time.nullable().describe("Open of the first bar that is traded and measured; null: none is"),
    last_bar: time.nullable().describe("Open of the last one"),
    bars: z.int().describe("Bars between them that are made of candles"),
    missing_bars: z.int().describe("Bars the market's calendar expects there and the candles do not give"),
    gaps: z.object({ count: z.int(), longest: z.int().describe("In bars") }).describe("Runs of missing bars"),
    partial_last_bar: z.boolean().describe("Whether the range or the candles end inside of a bar"),
    candles: z.enum(["own"]).optional().describe(
      "Candles that the caller uploaded; absent where they are those of everybody",
    ),
  } satisfies Members<DataCoverage>,
).meta({ id: "DataCoverage" });

/** One axis around a winner. */
export const planeAxisSchema = z.object(
  {
    name: z.string().describe(
      "`sl_pct`, `tp_pct`, `<indicator>.<parameter>`, or `<indicator>.signal.<parameter>`",
    ),
    values: z.array(z.union([z.number(), z.string()])).describe("In grid order"),
    winner: z.int().min(0).describe("Position of the winner's value"),
  } satisfies Members<PlaneAxis>,
);

/** What a reader of results must know. */
export const readerWarnings = z.array(z.string()).describe(
  "What a reader must know, `code: sentence` each: of the indicators, then of the candles, then of the figures",
);

function described<Name extends string, Type extends z.ZodType>(
  texts: Readonly<Record<Name, string>>,
  type: () => Type,
): Record<Name, Type> {
  const members = Object.entries<string>(texts).map(([name, text]) => [name, type().describe(text)]);
  return Object.fromEntries(members) as Record<Name, Type>;
}
