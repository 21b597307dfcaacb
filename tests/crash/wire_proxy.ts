import { frameTexts, inTransaction, type WireFrame, WireFrames } from "./wire_frames.ts";

/** A statement on its way through the proxy. */
export interface WireStatement {
  /** 1, 2, ... in the order in which the statements of all connections began. */
  readonly number: number;
  readonly sql: string;
}

/**
 * Where a statement is when the proxy asks what to do with it: `before` nothing of it was sent to the server, `sent` all
 * of it was, `executed` the server's reply has arrived at the proxy, `replied` the client has it.
 */
export type Moment = "before" | "sent" | "executed" | "replied";

/** What becomes of the statement: it goes on, or its connection is torn down on both sides. */
export type Verdict = "forward" | "reset";

/** Asked at every moment of every statement; the statement is held until it answers. */
export type Intervene = (
  statement: WireStatement & { readonly inTransaction: boolean },
  moment: Moment,
) => Verdict | Promise<Verdict>;

/** A TCP proxy on loopback in front of a Postgres that knows where each statement begins and ends. */
export class WireProxy implements AsyncDisposable {
  /** The server's DSN with the proxy's address in it. */
  readonly dsn: string;
  readonly #target: { readonly hostname: string; readonly port: number };
  readonly #listener: Deno.TcpListener;
  readonly #intervene: Intervene;
  readonly #connections = new Set<Connection>();
  readonly #accepting: Promise<void>;
  #statements = 0;

  constructor(dsn: string, intervene: Intervene) {
    const url = new URL(dsn);
    this.#target = { hostname: url.hostname, port: Number(url.port) };
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    url.port = String(this.#listener.addr.port);
    this.dsn = url.href;
    this.#intervene = intervene;
    this.#accepting = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) connection.reset();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    const served: Promise<void>[] = [];
    for await (const client of this.#listener) served.push(this.#serve(client));
    await Promise.all(served);
  }

  async #serve(client: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect(this.#target);
    // messages are written one by one; waiting to merge them would cost 40 ms a statement
    for (const end of [client, server]) end.setNoDelay(true);
    const connection = new Connection({ client, server }, {
      intervene: this.#intervene,
      nextNumber: () => ++this.#statements,
    });
    this.#connections.add(connection);
    await connection.ended;
    this.#connections.delete(connection);
  }
}

class Connection {
  readonly ended: Promise<unknown>;
  readonly #client: Deno.TcpConn;
  readonly #server: Deno.TcpConn;
  readonly #proxy: { readonly intervene: Intervene; readonly nextNumber: () => number };
  readonly #prepared = new Map<string, string>();
  /** Sent completely, not answered yet. */
  readonly #underWay: WireStatement[] = [];
  #beginning: WireStatement | null = null;
  #ready = false;
  #inTransaction = false;
  #closed = false;

  constructor(
    ends: { readonly client: Deno.TcpConn; readonly server: Deno.TcpConn },
    proxy: { readonly intervene: Intervene; readonly nextNumber: () => number },
  ) {
    this.#client = ends.client;
    this.#server = ends.server;
    this.#proxy = proxy;
    this.ended = Promise.allSettled([this.#pumpClient(), this.#pumpServer()]);
  }

  reset(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const end of [this.#client, this.#server]) end.close();
  }

  async #pumpClient(): Promise<void> {
    const frames = new WireFrames({ startsTyped: false });
    await this.#pump(this.#client, async (chunk) => {
      for (const frame of frames.push(chunk)) await this.#fromClient(frame);
    });
  }

  async #pumpServer(): Promise<void> {
    const frames = new WireFrames({ startsTyped: true });
    await this.#pump(this.#server, async (chunk) => {
      for (const frame of frames.push(chunk)) await this.#fromServer(frame);
    });
  }

  // either end's end is the connection's end, as it would be without a proxy
  async #pump(from: Deno.TcpConn, take: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        await take(buffer.subarray(0, read));
      }
    } catch {
      // a killed process, or a connection torn down on purpose
    } finally {
      this.reset();
    }
  }

  async #fromClient(frame: WireFrame): Promise<void> {
    if (!this.#ready || frame.type === "X") return await write(this.#server, frame);
    if (frame.type === "P") {
      const [name = "", sql = ""] = frameTexts(frame, 2);
      this.#prepared.set(name, sql);
    }
    if (this.#beginning === null) {
      this.#beginning = { number: this.#proxy.nextNumber(), sql: this.#sqlOf(frame) };
      await this.#ask(this.#beginning, "before");
    }
    const statement = this.#beginning;
    const complete = frame.type === "S" || frame.type === "Q";
    if (complete) {
      this.#beginning = null;
      this.#underWay.push(statement);
    }
    await write(this.#server, frame);
    if (complete) await this.#ask(statement, "sent");
  }

  async #fromServer(frame: WireFrame): Promise<void> {
    const answered = frame.type === "Z" ? this.#underWay.shift() : undefined;
    if (frame.type === "Z") this.#inTransaction = inTransaction(frame);
    if (answered) await this.#ask(answered, "executed");
    await write(this.#client, frame);
    if (frame.type === "Z") this.#ready = true;
    if (answered) await this.#ask(answered, "replied");
  }

  #sqlOf(frame: WireFrame): string {
    if (frame.type === "Q") return frameTexts(frame, 1)[0]!;
    if (frame.type === "P") return frameTexts(frame, 2)[1]!;
    if (frame.type === "B") return this.#prepared.get(frameTexts(frame, 2)[1]!) ?? "";
    return "";
  }

  async #ask(statement: WireStatement, moment: Moment): Promise<void> {
    const verdict = await this.#proxy.intervene({ ...statement, inTransaction: this.#inTransaction }, moment);
    if (verdict === "forward") return;
    this.reset();
    throw new Error(`Connection torn down at statement ${statement.number}`);
  }
}

async function write(to: Deno.TcpConn, frame: WireFrame): Promise<void> {
  for (let from = 0; from < frame.bytes.length;) from += await to.write(frame.bytes.subarray(from));
}
