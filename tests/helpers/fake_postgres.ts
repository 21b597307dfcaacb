/** Just enough of a Postgres server to say which session a statement runs in. */
export interface FakePostgres extends AsyncDisposable {
  readonly dsn: string;
  /** Connections that are open now. */
  readonly open: number;
}

/** How the server behaves. */
export interface FakePostgresOptions {
  /** Connections beyond so many are taken, and never answered. */
  readonly seats: number;
  /** The process behind a connection, counted from 0, at its statement of this number, counted from 0. */
  readonly pid: (connection: number, statement: number) => number;
}

/** Opens the server on a free port of loopback. */
export function fakePostgres({ seats, pid }: FakePostgresOptions): FakePostgres {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  let taken = 0;

  async function serve(connection: Deno.Conn, number: number): Promise<void> {
    if (number >= seats) return await untilClosed(connection);
    await readMessage(connection, { typed: false });
    await send(connection, [message("R", int32(0)), ready]);
    for (let statement = 0;;) {
      const sent = await readMessage(connection, { typed: true });
      if (sent === null || sent.type === "X") return;
      const isAsked = sent.body.includes("pg_backend_pid");
      const answer = isAsked ? sessionRow(pid(number, statement++)) : [message("C", text("SET"))];
      await send(connection, [...answer, ready]);
    }
  }

  const serving = (async () => {
    const all: Promise<void>[] = [];
    for await (const connection of listener) {
      connections.add(connection);
      all.push(
        serve(connection, taken++).catch(() => {}).finally(() => {
          connections.delete(connection);
          connection.close();
        }),
      );
    }
    await Promise.all(all);
  })();

  return {
    dsn: `postgres://ann:x@127.0.0.1:${listener.addr.port}/x`,
    get open() {
      return connections.size;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const ready = message("Z", text("I").subarray(0, 1));

function sessionRow(pid: number): Uint8Array[] {
  const value = new TextEncoder().encode(String(pid));
  // one column of the type int4, as text
  const column = [text("pid"), int32(0), int16(0), int32(23), int16(4), int32(-1), int16(0)];
  return [
    message("T", int16(1), ...column),
    message("D", int16(1), int32(value.length), value),
    message("C", text("SELECT 1")),
  ];
}

function message(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = 4 + parts.reduce((sum, { length }) => sum + length, 0);
  return concat([new TextEncoder().encode(type), int32(length), ...parts]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(`${value}\0`);
}

function int16(value: number): Uint8Array {
  return int32(value).subarray(2);
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function send(connection: Deno.Conn, messages: readonly Uint8Array[]): Promise<void> {
  const bytes = concat(messages);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** The next message; null at the end. The first of a connection has no type. */
async function readMessage(
  connection: Deno.Conn,
  { typed }: { readonly typed: boolean },
): Promise<{ readonly type: string; readonly body: string } | null> {
  const decoder = new TextDecoder();
  const type = typed ? await readBytes(connection, 1) : new Uint8Array();
  const head = type && await readBytes(connection, 4);
  const body = head && await readBytes(connection, new DataView(head.buffer).getInt32(0) - 4);
  return body && { type: decoder.decode(type!), body: decoder.decode(body) };
}

async function readBytes(connection: Deno.Conn, count: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(count);
  for (let read = 0; read < count;) {
    const size = await connection.read(bytes.subarray(read));
    if (size === null) return null;
    read += size;
  }
  return bytes;
}

async function untilClosed(connection: Deno.Conn): Promise<void> {
  while (await connection.read(new Uint8Array(1024)) !== null);
}
