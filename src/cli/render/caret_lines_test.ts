import assert from "node:assert/strict";
import { caretLines } from "./caret_lines.ts";

Deno.test("caretLines() points below the character of a position, the end included", () => {
  assert.equal(caretLines("close > $5", 9), "  close > $5\n          ^\n");
  assert.equal(caretLines("close >", 8), "  close >\n         ^\n");
  assert.equal(caretLines("\u{1F600} > 1", 3), "  \u{1F600} > 1\n    ^\n");
});

Deno.test("caretLines() shows the line of a longer text that holds the position", () => {
  assert.equal(caretLines("close > open\n\tor emaa(close)", 18), "   or emaa(close)\n      ^\n");
});
