import assert from "node:assert/strict";
import fc from "fast-check";
import { eventStream, type ServerSentEvent } from "./event_stream.ts";

const text =
  ': hello\r\nretry: 5\r\n\r\nid: 7\nevent: progress\ndata: {"a":\ndata: "ü"}\n\ndata: next\n\nid:\ndata:\n\ndata: cut';
const events: readonly ServerSentEvent[] = [
  { event: "progress", data: '{"a":\n"ü"}', id: "7" },
  { event: "message", data: "next", id: "7" },
  { event: "message", data: "", id: "" },
];

function bodyOf(chunks: Iterable<Uint8Array<ArrayBuffer>>, onCancel = () => {}) {
  const left = [...chunks];
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: onCancel,
  });
}

Deno.test("eventStream() reads the same events however the bytes are cut, and drops one without its end", async () => {
  const bytes = new TextEncoder().encode(text);
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 });
  await fc.assert(fc.asyncProperty(cuts, async (inner) => {
    const at = [0, ...inner.toSorted((a, b) => a - b), bytes.length];
    const chunks = at.slice(1).map((to, i) => bytes.slice(at[i], to));
    assert.deepEqual(await Array.fromAsync(eventStream(bodyOf(chunks))), events);
  }));
});

Deno.test("eventStream() ends with an error at an event longer than it may be", async () => {
  const endless = (function* () {
    const chunk = new TextEncoder().encode(`data: ${"x".repeat(999_000)}\n`);
    for (let i = 0; i < 5; i++) yield chunk;
  })();
  await assert.rejects(
    () => Array.fromAsync(eventStream(bodyOf(endless))),
    { message: "An event is longer than 4000000 characters" },
  );
});

Deno.test("eventStream() closes the body when the reader leaves its loop", async () => {
  let closed = false;
  const chunk = new TextEncoder().encode("data: one\n\ndata: two\n\n");
  for await (
    const { data } of eventStream(bodyOf([chunk, chunk, chunk, chunk], () => void (closed = true)))
  ) {
    assert.equal(data, "one");
    break;
  }
  assert.ok(closed);
});
