/** A way to a server that tells when so many bytes of its answers have passed. */
export interface CutProxy extends AsyncDisposable {
  readonly port: number;
}

/** What a {@link cutProxy} does. */
export interface CutProxyOptions {
  readonly targetPort: number;
  /** Bytes of an answer that pass before `onPassed` is called; nothing more passes until it is done. */
  readonly afterBytes: number;
  readonly onPassed: () => Promise<void>;
}

/** Opens the proxy on a free port of loopback. */
export function cutProxy({ targetPort, afterBytes, onPassed }: CutProxyOptions): CutProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const pass = async (client: Deno.TcpConn) => {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: targetPort });
    let passed = 0;
    let told = false;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      async transform(bytes, controller) {
        passed += bytes.length;
        controller.enqueue(bytes);
        if (passed < afterBytes || told) return;
        told = true;
        await onPassed();
      },
    });
    await Promise.allSettled([
      client.readable.pipeTo(server.writable),
      server.readable.pipeThrough(counted).pipeTo(client.writable),
    ]);
  };
  const serving = (async () => {
    const passing: Promise<void>[] = [];
    for await (const client of listener) passing.push(pass(client));
    await Promise.allSettled(passing);
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}
