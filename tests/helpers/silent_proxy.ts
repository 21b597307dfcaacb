/** A way to a server that can fall silent as a broken network does: connections stay open, nothing comes through. */
export interface SilentProxy extends AsyncDisposable {
  /** The DSN of a server by way of this proxy. */
  through(dsn: string): string;
  /**
   * Lets nothing pass on the connections there are, or on those whose client sent this text; later ones work, unless told
   * otherwise.
   */
  silence(options?: { readonly forGood?: boolean; readonly sent?: string }): void;
  /** Lets nothing pass any more on the next connection whose client sends this text, the text included. */
  silenceAt(text: string): void;
}

/** One connection. */
interface Line {
  silent: boolean;
  /** All that its client sent. */
  sent: string;
}

/** Opens a proxy on a free port of loopback. */
export function silentProxy(): SilentProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const lines = new Set<Line>();
  const sockets: Deno.Conn[] = [];
  let forGood = false;
  let stopText: string | null = null;
  let target = { hostname: "127.0.0.1", port: 0 };

  function note(line: Line, bytes: Uint8Array): void {
    line.sent += new TextDecoder().decode(bytes);
    if (stopText === null || !line.sent.includes(stopText)) return;
    line.silent = true;
    stopText = null;
  }

  async function pipe(from: Deno.Conn, to: Deno.Conn, line: Line): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const isClient = sockets.indexOf(from) % 2 === 0;
    try {
      for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
        if (isClient) note(line, buffer.subarray(0, size));
        for (let sent = 0; sent < size && !line.silent;) sent += await to.write(buffer.subarray(sent, size));
      }
    } catch {
      // closed below, or by the other side
    }
    if (!line.silent) close(to);
  }

  const serving = (async () => {
    const pipes: Promise<void>[] = [];
    for await (const client of listener) {
      const server = await Deno.connect(target);
      const line = { silent: forGood, sent: "" };
      lines.add(line);
      sockets.push(client, server);
      pipes.push(pipe(client, server, line), pipe(server, client, line));
    }
    await Promise.all(pipes);
  })();

  return {
    through(dsn) {
      const url = new URL(dsn);
      target = { hostname: url.hostname, port: Number(url.port) };
      url.port = String(listener.addr.port);
      return url.href;
    },
    silence(options) {
      forGood = options?.forGood ?? false;
      const sent = options?.sent ?? "";
      for (const line of lines) if (line.sent.includes(sent)) line.silent = true;
    },
    silenceAt(text) {
      stopText = text;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      sockets.forEach(close);
      await serving;
    },
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // already closed
  }
}
