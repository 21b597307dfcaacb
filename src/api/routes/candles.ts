import { z } from "@hono/zod-openapi";
import { deletedCandlesSchema, ownCandleListSchema, uploadResultSchema } from "../../answers/candles.ts";
import { timeframeMs } from "../../core/bars/mod.ts";
import { symbolSchema } from "../../schema/symbol.ts";
import { timeframeSchema } from "../../schema/timeframe.ts";
import { deleteOwnCandles, listOwnCandles, uploadCandles } from "../../usecases/own_candles.ts";
import type { ApiDeps, ApiUploads } from "../deps.ts";
import { type ApiRoutes, endpoint, endpoints } from "../endpoint.ts";
import { readingOf, readingQuery } from "../uploads/reading_query.ts";
import { createUploadSlots } from "../uploads/upload_slots.ts";
import { integerParameter } from "../validate.ts";

const instrumentQuery = {
  market_id: integerParameter.pipe(z.int().min(1).max(65_535)),
  symbol: symbolSchema.describe("Stored in capitals, as requests ask for it"),
};

const uploadQuery = z.object({
  ...instrumentQuery,
  candle_timeframe: timeframeSchema.transform(timeframeMs).optional()
    .describe("Timeframe of the rows, however far apart they are; else their spacing"),
  file_name: z.string().max(200).optional().describe("What a body that is no form is called"),
  dry_run: z.enum(["true", "false"]).optional().describe("Only say what would be stored"),
  ...readingQuery,
});

const deleteQuery = z.object({
  ...instrumentQuery,
  candle_timeframe: timeframeSchema.transform(timeframeMs).optional().describe(
    "Only candles of it; else all of the instrument",
  ),
});

/** Candles that callers bring themselves; jobs and runs of theirs take these before those of everybody. */
export function candleRoutes(deps: ApiDeps & { readonly uploads: ApiUploads }): ApiRoutes {
  const { uploads: { own, takeRate } } = deps;
  const slots = createUploadSlots(deps);
  return endpoints(deps, [
    endpoint({
      method: "post",
      path: "/candles",
      operationId: "uploadCandles",
      tag: "candles",
      summary: "Bring candles of an instrument, for the caller's own jobs and runs",
      description:
        "Files of any format that docs/candles.md names, packed or not; several are one series. All rows or none are merged with those that are there, a new row in place of one of its time.",
      access: "user",
      takeRate,
      upload: { name: (query) => query.file_name },
      query: uploadQuery,
      success: { status: 200, description: "What became of the rows", schema: uploadResultSchema },
      handle: ({ query, files, caller: { userId }, c }) =>
        slots.run({ userId, client: c.env.client }, ({ signal, inTurn }) =>
          uploadCandles({
            instrument: { market_id: query.market_id, symbol: query.symbol },
            timeframeMs: query.candle_timeframe,
            reading: readingOf(query),
            dryRun: query.dry_run === "true",
            files,
            signal,
            inTurn,
          }, { own, userId })),
    }),
    endpoint({
      method: "get",
      path: "/candles",
      operationId: "listCandles",
      tag: "candles",
      summary: "The candles that the caller has brought",
      access: "user",
      success: { status: 200, description: "By market, symbol and timeframe", schema: ownCandleListSchema },
      handle: ({ caller: { userId } }) => listOwnCandles({ own, userId }),
    }),
    endpoint({
      method: "delete",
      path: "/candles",
      operationId: "deleteCandles",
      tag: "candles",
      summary: "Delete candles of an instrument that the caller has brought",
      access: "user",
      query: deleteQuery,
      success: { status: 200, description: "What was deleted", schema: deletedCandlesSchema },
      errors: [404],
      handle: ({ query, caller: { userId } }) =>
        deleteOwnCandles({
          instrument: { market_id: query.market_id, symbol: query.symbol },
          timeframeMs: query.candle_timeframe,
        }, { own, userId }),
    }),
  ]);
}
