import type { Clock } from "../ports/clock.ts";

/** One event stream, and what it takes part in. */
export interface EventBodyOptions {
  /** Takes the slot and returns what gives it back; throws when there is none. */
  enter(): () => void;
  /** The texts to be sent, made as they are read; they end soon after `over` aborts. */
  texts(over: AbortSignal): AsyncGenerator<string>;
  /** Aborts when nobody will read: the client has gone, or was told something else. */
  readonly gone: AbortSignal;
  /** After how long without a reader the stream has none, in ms. */
  readonly unreadMs: number;
  readonly clock: Pick<Clock, "sleep">;
}

/**
 * A body of texts that owns its slot: it is taken here, and given back once, whatever happens to the response: read to
 * its end, cancelled, cut, or never looked at by anyone. Null, and no slot taken, when `gone` has aborted. A text is
 * made only when the reader asks for one.
 */
export function openEventBody(options: EventBodyOptions): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  const { gone, unreadMs, clock } = options;
  if (gone.aborted) return null;
  const leave = options.enter();
  const over = new AbortController();
  const texts = options.texts(over.signal);
  let read = new AbortController();
  gone.addEventListener("abort", end, { once: true, signal: over.signal });
  watch();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      read.abort();
      try {
        const { value, done } = await texts.next();
        if (!done) controller.enqueue(encoder.encode(value));
        else {
          end();
          controller.close();
        }
      } catch (error) {
        end();
        throw error;
      }
      watch();
    },
    cancel: end,
  }, { highWaterMark: 0 });

  function end(): void {
    if (over.signal.aborted) return;
    over.abort();
    leave();
    // what was begun ends by the signal, what was not never begins
    texts.return(undefined).catch(() => {});
  }

  /** Ends it when the next text is not asked for in time. */
  function watch(): void {
    if (over.signal.aborted) return;
    const next = new AbortController();
    read = next;
    void clock.sleep(unreadMs, AbortSignal.any([over.signal, next.signal])).then(() => {
      if (!next.signal.aborted) end();
    });
  }
}
