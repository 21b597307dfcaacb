import type { NewJob } from "../../src/core/job/mod.ts";

/** A job of a request that nobody reads; its owner is new, too, unless one is given. */
export function noOpJob(userId: string = crypto.randomUUID()): NewJob {
  return {
    jobId: crypto.randomUUID(),
    userId,
    mode: "template",
    requestJson: { nothing: true },
    requestHash: "a".repeat(64),
    specHash: null,
    specPayloadJson: null,
    engineParamsHash: "b".repeat(64),
    backtestRuntimeConfigHash: "c".repeat(64),
  };
}
