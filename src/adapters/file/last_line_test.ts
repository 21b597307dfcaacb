import assert from "node:assert/strict";
import { temporaryFolder } from "../../../tests/helpers/temporary_folder.ts";
import { firstField, lastLine } from "./last_line.ts";

async function lastOf(text: string): Promise<string | null> {
  await using folder = await temporaryFolder();
  using file = await Deno.open(await folder.write("x.csv", text));
  const line = await lastLine(file);
  assert.equal(await file.seek(0, Deno.SeekMode.Current), 0);
  return line;
}

Deno.test("lastLine() finds the last line that is not blank, however long lines are and whatever ends them", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = ["header", "first,1", "last,2", "", "  ", ""].join(end);
    assert.equal(await lastOf(text), "last,2");
    assert.equal(await lastOf("x".repeat(10_000) + end + text), "last,2");
    const long = `last,${"2".repeat(9000)}`;
    assert.equal(await lastOf(`a${end}${long}${end}`), long);
  }
  assert.equal(await lastOf(`a\n${"\n".repeat(100_000)}`), "a");
});

Deno.test("lastLine() has nothing to say about an empty file or a line of megabytes", async () => {
  for (const text of ["", "\n\n", `a\n${"x".repeat(5_000_000)}`]) assert.equal(await lastOf(text), null);
});

Deno.test("firstField() takes blanks and quotes away", () => {
  assert.deepEqual(["1,2", ' "3" ,4', "5", ""].map(firstField), ["1", "3", "5", ""]);
});
