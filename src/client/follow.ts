import { ApiError } from "./api_error.ts";
import { eventStream } from "./event_stream.ts";
import { type CallOptions, type ClientOptions, sleep, type Transport } from "./transport.ts";

/** How often in a row a broken event stream is opened again without having brought an event. */
const reconnectsMax = 5;
const reconnectMs = 1000;

/** A stream that is followed to its end. */
export interface Followed<Event> extends CallOptions {
  readonly path: string;
  /** Name of its events. */
  readonly kind: string;
  /** Is told of each event; whether nothing more comes after it. */
  readonly ended: (event: Event) => boolean;
}

/**
 * The events of a stream as they come, until one is the last. A stream that breaks is opened again where it broke; rejects
 * when that fails {@link reconnectsMax} times in a row, or the API refuses.
 */
export async function* followed<Event>(
  { path, kind, ended, ...options }: Followed<Event>,
  { transport, client }: { readonly transport: Transport; readonly client: Pick<ClientOptions, "sleep"> },
): AsyncGenerator<Event> {
  let lastId = "";
  let over = false;
  for (let failures = 0; !over && !options.signal?.aborted;) {
    try {
      const headers = lastId === "" ? {} : { "last-event-id": lastId };
      const response = await transport.send(path, { ...options, headers });
      if (response.status === 204 || response.body === null) return;
      for await (const { event, data, id } of eventStream(response.body)) {
        failures = 0;
        lastId = id;
        if (event !== kind) continue;
        const state: Event = JSON.parse(data);
        over = ended(state);
        yield state;
      }
    } catch (error) {
      if (options.signal?.aborted) return;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) throw error;
      if (failures >= reconnectsMax) throw error;
    }
    if (!over) {
      if (++failures > reconnectsMax) throw new Error("The event stream ended before what it tells of did");
      await (client.sleep ?? sleep)(reconnectMs, options.signal);
    }
  }
}
