import assert from "node:assert/strict";
import { formatMetric } from "../../src/core/report/report_format.ts";
import { metricFormats, type MetricName } from "../../src/core/report/report_rows.ts";

interface FormattingCase {
  readonly metric: MetricName;
  readonly value: number | string | null | { readonly ms: number } | { readonly epoch_ms: number };
  readonly text: string;
}

function valueOf(value: FormattingCase["value"]): number | null {
  if (value === null || typeof value === "number") return value;
  if (typeof value === "string") return Number(value);
  return "ms" in value ? value.ms : value.epoch_ms;
}

Deno.test("formatMetric() equals the golden texts", async () => {
  const url = new URL("data/engine/formatting.json", import.meta.url);
  const { cases }: { cases: readonly FormattingCase[] } = JSON.parse(await Deno.readTextFile(url));
  assert.ok(cases.length > 0);
  for (const { metric, value, text } of cases) {
    assert.equal(
      formatMetric(valueOf(value), metricFormats[metric]),
      text,
      `${metric} ${JSON.stringify(value)}`,
    );
  }
});
