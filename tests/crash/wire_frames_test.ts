import assert from "node:assert/strict";
import { frameTexts, inTransaction, WireFrames } from "./wire_frames.ts";

function message(type: string, body: string): Uint8Array {
  const content = new TextEncoder().encode(body);
  const bytes = new Uint8Array(type.length + 4 + content.length);
  bytes.set(new TextEncoder().encode(type));
  new DataView(bytes.buffer).setInt32(type.length, 4 + content.length);
  bytes.set(content, type.length + 4);
  return bytes;
}

Deno.test("WireFrames finds the same messages however the stream is cut", () => {
  const stream = [
    message("", "\0\x03\0\0user\0bob\0\0"),
    message("P", "s1\0SELECT 1\0\0\0"),
    message("S", ""),
  ];
  const bytes = Uint8Array.from(stream.flatMap((part) => [...part]));
  for (let size = 1; size <= bytes.length; size++) {
    const frames = new WireFrames({ startsTyped: false });
    const found = [];
    for (let from = 0; from < bytes.length; from += size) {
      found.push(...frames.push(bytes.subarray(from, from + size)));
    }
    assert.deepEqual(found.map(({ type }) => type), ["", "P", "S"]);
    assert.deepEqual(found.map((frame) => frame.bytes.length), stream.map((part) => part.length));
    assert.deepEqual(frameTexts(found[1]!, 2), ["s1", "SELECT 1"]);
  }
});

Deno.test("inTransaction() reads the status of ReadyForQuery", () => {
  const status = (letter: string) => new WireFrames({ startsTyped: true }).push(message("Z", letter))[0]!;
  assert.equal(inTransaction(status("I")), false);
  assert.equal(inTransaction(status("T")), true);
  assert.equal(inTransaction(status("E")), true);
});
