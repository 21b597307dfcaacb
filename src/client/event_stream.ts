/** One server-sent event. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  /** The last id the stream has named, empty before the first. */
  readonly id: string;
}

/** Longest event that is read, in characters. */
const eventLengthMax = 4_000_000;

/** The events of a `text/event-stream` body; comments and `retry` are passed over. Leaving the loop closes the body. */
export async function* eventStream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerSentEvent> {
  let text = "";
  let id = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      if (text.length > eventLengthMax) {
        throw new Error(`An event is longer than ${eventLengthMax} characters`);
      }
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const fields = toFields(block);
        id = fields.get("id") ?? id;
        const data = fields.get("data");
        if (data !== undefined) yield { event: fields.get("event") ?? "message", data, id };
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function toFields(block: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, "");
    fields.set(name, name === "data" && fields.has("data") ? `${fields.get("data")}\n${value}` : value);
  }
  return fields;
}
