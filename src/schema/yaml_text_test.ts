import assert from "node:assert/strict";
import { readYamlText } from "./yaml_text.ts";

Deno.test("readYamlText() says of YAML that is nested without end that it is nested too deep", () => {
  const read = () => readYamlText("[".repeat(50_000), { path: "a.yaml", attempt: "Cannot use request" });
  assert.throws(read, /^[^:]*: Cannot use request "a\.yaml": it is nested too deep at line 1 column \d+$/);
});
