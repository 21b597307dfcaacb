import { type RankingMetric, rankingMetrics } from "../core/ranking/mod.ts";

/** What rows are ranked by first, as a member of their answer; none where that is the total return. Reads requests of every release. */
export function rankedByMember(
  { ranking }: { readonly ranking?: unknown },
): { readonly ranked_by?: RankingMetric } {
  const sent = (ranking as { readonly primary_metric?: unknown } | null | undefined)?.primary_metric;
  const metric = rankingMetrics.find((known) => known === sent);
  return metric === undefined || metric === "total_return_pct" ? {} : { ranked_by: metric };
}
