import { BacktestError } from "../../core/errors/mod.ts";
import type { Clock } from "../../ports/clock.ts";
import { race } from "../../ports/race.ts";
import type { ApiContext } from "../endpoint.ts";

/** How much a body may be, and how long it may take to come. */
export interface BodyLimit {
  readonly maxBytes: number;
  readonly maxSeconds: number;
  readonly clock: Clock;
}

/**
 * Lets bodies through up to a size and a time, both counted while a handler reads: a caller who may not come in is told
 * so before his body is. Reading rejects with `payload_too_large`, at once where the length is declared, or with
 * `request_timeout`.
 */
export function bodyLimit(limit: BodyLimit) {
  return async (c: ApiContext, next: () => Promise<void>) => {
    const { body, headers, method, signal, url } = c.req.raw;
    if (body !== null) {
      const declared = Number(headers.get("content-length") ?? 0);
      // made of its parts: a server may have made the request without the platform's own class
      c.req.raw = new Request(url, {
        method,
        headers: [...headers],
        signal,
        body: limited(body, { ...limit, declared }),
      });
    }
    await next();
  };
}

function limited(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: BodyLimit & { readonly declared: number },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { maxBytes, maxSeconds, clock, declared } = limit;
  const reader = body.getReader();
  let bytes = 0;
  let startedMs: number | null = null;
  return new ReadableStream({
    async pull(controller) {
      startedMs ??= clock.monotonicMs();
      const leftMs = startedMs + maxSeconds * 1000 - clock.monotonicMs();
      const chunk = declared > maxBytes ? tooLarge(maxBytes) : await readWithin(leftMs, { reader, limit });
      if (chunk instanceof BacktestError) return refuse(controller, chunk);
      if (chunk.done) return controller.close();
      bytes += chunk.value.length;
      if (bytes > maxBytes) return refuse(controller, tooLarge(maxBytes));
      controller.enqueue(chunk.value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });

  function refuse(controller: ReadableStreamDefaultController, error: BacktestError): void {
    controller.error(error);
    // The client may have gone, or go on sending; neither changes the answer.
    reader.cancel(error).catch(() => {});
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

async function readWithin(
  leftMs: number,
  { reader, limit: { maxSeconds, clock } }: { readonly reader: Reader; readonly limit: BodyLimit },
): Promise<Awaited<ReturnType<Reader["read"]>> | BacktestError> {
  if (leftMs <= 0) return tooSlow(maxSeconds);
  return await race(() => reader.read().catch(() => broken()), {
    deadline: { clock, ms: leftMs, late: () => tooSlow(maxSeconds) },
  });
}

/** Nobody is there to read it, but the client's going away is no failure of ours. */
function broken(): BacktestError {
  return new BacktestError("malformed_request", "Cannot read the body: the connection ended within it");
}

function tooSlow(maxSeconds: number): BacktestError {
  const message = `Cannot read the body: it took longer than ${maxSeconds} s to come`;
  return new BacktestError("request_timeout", message, { details: { max_seconds: maxSeconds } });
}

function tooLarge(maxBytes: number): BacktestError {
  return new BacktestError("payload_too_large", `Cannot read the body: it has more than ${maxBytes} bytes`, {
    details: { max_bytes: maxBytes },
  });
}
