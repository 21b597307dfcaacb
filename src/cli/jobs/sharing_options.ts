import { type Command, InvalidArgumentError } from "commander";
import { type RankingMetric, rankingMetrics } from "../../core/ranking/mod.ts";
import { knownInstead } from "../../core/text/mod.ts";
import type { SentSharing } from "../../request/optimization.ts";
import { positiveInteger } from "../options.ts";

/** Options of a sweep that workers share. */
export interface SharingOptions {
  readonly workers?: number;
  readonly stopWhen?: SentSharing["early_stop_policy"];
}

/** Adds `--workers` and `--stop-when` to a command. */
export function withSharing(command: Command): Command {
  return command
    .option("--workers <n>", "let up to so many workers share the sweep", positiveInteger)
    .option(
      "--stop-when <condition>",
      "end it as soon as a task is good enough: 'total_return_pct >= 40'",
      stopCondition,
    );
}

/** How the sweep is shared; null for a plain job. */
export function sharingOf({ workers, stopWhen }: SharingOptions): SentSharing | null {
  if (workers === undefined && stopWhen === undefined) return null;
  return {
    ...(workers === undefined ? {} : { concurrency_limit: workers }),
    ...(stopWhen === undefined ? {} : { early_stop_policy: stopWhen }),
  };
}

/** Reads a condition such as `max_drawdown_pct <= 20`. */
export function stopCondition(text: string): NonNullable<SharingOptions["stopWhen"]> {
  const parts = /^\s*([a-z_]+)\s*(>=|<=)\s*([+-]?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (parts === null) {
    throw new InvalidArgumentError(`expected a metric, >= or <= and a number, got "${text}"`);
  }
  const [, name, sign, number] = parts;
  const metric = rankingMetrics.find((known): known is RankingMetric => known === name);
  if (metric === undefined) {
    throw new InvalidArgumentError(`"${name}" is no metric to rank by${knownInstead(name!, rankingMetrics)}`);
  }
  return { metric, threshold: Number(number), mode: sign === ">=" ? "max" : "min" };
}
