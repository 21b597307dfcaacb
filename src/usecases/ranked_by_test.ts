import assert from "node:assert/strict";
import { rankedByMember } from "./ranked_by.ts";

Deno.test("13 an answer says what its rows are ranked by, where that is not the total return", () => {
  assert.deepEqual(rankedByMember({ ranking: { primary_metric: "profit_factor", secondary_metric: null } }), {
    ranked_by: "profit_factor",
  });
  // as a request says it, as one of an early release does not, and as a later one might
  for (
    const ranking of [
      { primary_metric: "total_return_pct" },
      undefined,
      null,
      { primary_metric: "sharpe" },
      {},
    ]
  ) {
    assert.deepEqual(rankedByMember({ ranking }), {}, JSON.stringify(ranking));
  }
});
