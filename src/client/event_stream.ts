import { createParser } from "eventsource-parser";

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
  let id = "";
  let read: ServerSentEvent[] = [];
  const parser = createParser({
    onId: (named) => id = named,
    onEvent: ({ event = "message", data }) => read.push({ event, data, id }),
    onError: (error) => {
      if (error.type !== "max-buffer-size-exceeded") return;
      throw new Error(`An event is longer than ${eventLengthMax} characters`);
    },
    maxBufferSize: eventLengthMax,
  });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
      yield* read;
      read = [];
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
