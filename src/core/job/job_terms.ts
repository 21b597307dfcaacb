import { type DirectionMode, directionModes } from "../execution/mod.ts";
import type { Job } from "./job.ts";

/** What a stored request says of market and direction; null where it does not say it in a way known here. */
export interface JobTerms {
  readonly marketId: number | null;
  readonly directionMode: DirectionMode | null;
}

/** Market and direction of a job, of whatever release its request is. */
export function jobTerms(
  { requestJson, specPayloadJson }: Pick<Job, "requestJson" | "specPayloadJson">,
): JobTerms {
  const template = members(requestJson.template ?? specPayloadJson);
  const { market_id } = members(template.instrument_id);
  const mode = members(requestJson.overrides).direction_mode ?? template.direction_mode;
  return {
    marketId: typeof market_id === "number" ? market_id : null,
    directionMode: directionModes.find((known) => known === mode) ?? null,
  };
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Readonly<Record<string, unknown>> : {};
}
