import type { ScenarioResult } from "../core/scenario/mod.ts";

/**
 * Every day of every template as CSV, templates in the order of the results, with a head line. Slugs, dates, numbers and
 * flags need no quotes.
 */
export function scenarioCsv({ template_results: results }: ScenarioResult): string {
  const names = Object.keys(results[0]?.daily_path[0] ?? {});
  const lines = results.flatMap(({ template_slug, daily_path }) =>
    daily_path.map((day) => [template_slug, ...Object.values(day)].join(","))
  );
  return [["template_slug", ...names].join(","), ...lines, ""].join("\n");
}
