/** A TCP connection that says what it is told and keeps what comes back: for clients who do not keep to HTTP. */
export interface RawConnection extends Disposable {
  /** Bytes the other side's system has taken so far. */
  readonly sentBytes: number;
  /** Sends; false when the other side has closed. */
  send(data: string | Uint8Array): Promise<boolean>;
  /** Everything that came so far, as text. */
  received(): string;
  /** Resolves when something more came, or nothing will. */
  more(): Promise<void>;
  /** Everything that came until the other side closed; rejects when that takes longer than {@link closeMs}. */
  closed(): Promise<string>;
}

/** How long a server may take to close a connection it has to, in ms. */
const closeMs = 30_000;

/** Connects to the port of a URL on loopback. */
export async function rawConnection(url: string): Promise<RawConnection> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  let text = "";
  let sentBytes = 0;
  let wake = Promise.withResolvers<void>();
  const ended = (async () => {
    try {
      for await (const chunk of connection.readable) {
        text += decoder.decode(chunk, { stream: true });
        wake.resolve();
        wake = Promise.withResolvers();
      }
    } catch {
      // cut by either side: what came before counts
    }
    wake.resolve();
  })();
  return {
    get sentBytes() {
      return sentBytes;
    },
    async send(data) {
      const bytes = typeof data === "string" ? encoder.encode(data) : data;
      try {
        for (let done = 0; done < bytes.length;) {
          const count = await connection.write(bytes.subarray(done));
          done += count;
          sentBytes += count;
        }
        return true;
      } catch {
        return false;
      }
    },
    received: () => text,
    more: () => wake.promise,
    async closed() {
      const late = Promise.withResolvers<never>();
      const message = () => new Error(`Still open after ${closeMs} ms; it said: ${text}`);
      const timer = setTimeout(() => late.reject(message()), closeMs);
      await Promise.race([ended, late.promise]).finally(() => clearTimeout(timer));
      return text;
    },
    [Symbol.dispose]() {
      try {
        connection.close();
      } catch {
        // closed by reading to its end
      }
    },
  };
}
