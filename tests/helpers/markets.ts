import { type Market, unknownMarket } from "../../src/core/bars/mod.ts";

/** A market that never closes, with days from midnight UTC. */
export const continuousMarket: Market = { ...unknownMarket, calendar: "continuous" };
