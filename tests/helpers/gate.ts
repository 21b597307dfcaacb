/** A way to a server that can be shut: connections are then ended as soon as they are made. */
export interface Gate extends AsyncDisposable {
  readonly port: number;
  open(): void;
}

/** A gate on loopback before a port of it, shut at first. */
export function shutGate(targetPort: number): Gate {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let isOpen = false;
  const pass = async (client: Deno.TcpConn) => {
    if (!isOpen) return client.close();
    const server = await Deno.connect({ hostname: "127.0.0.1", port: targetPort });
    await Promise.allSettled([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
  };
  const serving = (async () => {
    const passing: Promise<void>[] = [];
    for await (const client of listener) passing.push(pass(client));
    await Promise.allSettled(passing);
  })();
  return {
    port: listener.addr.port,
    open: () => void (isOpen = true),
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}
