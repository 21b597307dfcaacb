import assert from "node:assert/strict";
import { readYamlText } from "./yaml_text.ts";

Deno.test("readYamlText() says of YAML that is nested without end that it is nested too deep", () => {
  const read = () => readYamlText("[".repeat(50_000), { path: "a.yaml", attempt: "Cannot use request" });
  assert.throws(read, /^[^:]*: Cannot use request "a\.yaml": it is nested too deep at line 1 column \d+$/);
});

Deno.test("readYamlText() says what texts need quotes, and passes over nothing", () => {
  const faults = {
    "enter: !known(close)":
      "Unresolved tag: !known(close) at line 1 column 8: a text that begins with ! needs quotes",
    "enter: a and b: c":
      'Nested mappings are not allowed in compact mappings at line 1 column 8: a text with ": " in it needs quotes, ' +
      "and members of one level begin in one column",
    'enter: "a" and b':
      "Unexpected scalar at node end at line 1 column 12: a text that begins with a quote ends with it, so one with " +
      "more behind it needs quotes around all",
  };
  for (const [text, said] of Object.entries(faults)) {
    assert.throws(() => readYamlText(text, { path: "a.yaml", attempt: "Cannot use request" }), (error) => {
      assert.equal((error as Error).message, `Cannot use request "a.yaml": ${said}`);
      return true;
    });
  }
});
