import { connect, createServer, type Socket } from "node:net";

/** How a connection is ended: by a FIN, or by an RST. */
export type Closing = "FIN" | "RST";

/** A way to a server that can close connections at their first statement, as a failing balancer does. */
export interface ClosingProxy extends AsyncDisposable {
  readonly port: number;
  /** Ends the connections there are, and each new one when it sends its first statement, until told otherwise. */
  close(how: Closing | null): void;
  /** Connections that were ended at their first statement. */
  readonly closed: () => number;
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const statements = new Set(["Q", "P"].map((type) => type.charCodeAt(0)));

/** Opens a proxy to a port of loopback on any free one. */
export async function closingProxy(targetPort: number): Promise<ClosingProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let closing: Closing | null = null;
  let closed = 0;

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(pair);
        pair.forEach((each) => each.destroy());
      });
    }
    upstream.on("data", (chunk) => client.write(chunk));
    client.on("data", (chunk) => {
      // the messages before the first statement have other types, or none
      if (closing !== null && statements.has(chunk[0]!)) {
        closed++;
        end(client, closing);
      } else upstream.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { readonly port: number }).port,
    closed: () => closed,
    close(how) {
      closing = how;
      if (how !== null) { for (const [client] of pairs) end(client, how); }
    },
    async [Symbol.asyncDispose]() {
      for (const [client] of pairs) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function end(socket: Socket, how: Closing): void {
  if (how === "RST") socket.resetAndDestroy();
  else socket.end();
}
