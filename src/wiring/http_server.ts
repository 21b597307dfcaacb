import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener, type HttpBindings, RequestError } from "@hono/node-server";
import type { ApiConfig } from "../schema/api_config.ts";
import { BacktestError, validationError } from "../core/errors/mod.ts";
import { rawAnswer } from "./raw_answer.ts";

/** What a client may take; all times from the moment it connects or was last answered. */
export interface HttpLimits
  extends
    Pick<ApiConfig, "connections_max" | "header_bytes_max" | "header_seconds_max" | "body_seconds_max"> {
  /** How long nothing may pass in either direction: longer than an answer may take to begin. */
  readonly silentSecondsMax: number;
}

/** Where requests are listened for, and what answers them. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly limits: HttpLimits;
  /** `client` aborts when the connection has closed, or the answer cannot be read for another reason. */
  fetch(
    request: Request,
    connection: { readonly client: AbortSignal; readonly address: string },
  ): Promise<Response>;
  /** Answers what never became a request. */
  refuse(error: BacktestError): Promise<Response>;
  /** Is called with an answer of `refuse` that was sent once more. */
  refused(status: number): void;
}

/** A listening server. Disposal takes no new connections and closes those there are, answered or not. */
export interface HttpServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Resolves once no answer is under way. From now on a connection ends with the answer to its last request. */
  quiet(): Promise<void>;
}

/**
 * Listens. An address that cannot be listened on is a `validation_error` naming it.
 *
 * Served by `node:http` rather than `Deno.serve`, which gives a client any time it likes to send its headers, takes any
 * number of connections, and once a body was read does not tell that the client has gone.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const closed = closedSignals();
  const server = createServer(serverOptions(options.limits), listener({ ...options, closed }));
  server.maxConnections = options.limits.connections_max;
  // a client who does not read his answer is no client
  server.setTimeout(Math.min(options.limits.silentSecondsMax * 1000, timerMsMax));
  const answerOf = brokenAnswers(options);
  server.on("clientError", (error: Error, socket: Socket) => void answerBroken(error, { socket, answerOf }));
  // one that is not known may be passed over, and its own answer would have another form than all others
  server.on("checkExpectation", (...request) => server.emit("request", ...request));
  const answers = watchAnswers(server, { closed });
  const connections = openConnections(server);
  const { address, port } = await listen(server, options);
  return {
    host: address,
    port,
    quiet: () => answers.quiet(),
    [Symbol.asyncDispose]: () => close(server, connections),
  };
}

/** Longest timer there is, in ms. */
const timerMsMax = 2 ** 31 - 1;

/** How often connections are looked at that may have taken too long, in ms. */
const checkingMs = 500;

/** What a body may take beyond its limit: the routes answer one that is late before the connection is cut. */
const lateBodySeconds = 2;

function serverOptions({ header_bytes_max, header_seconds_max, body_seconds_max }: HttpLimits) {
  return {
    maxHeaderSize: header_bytes_max,
    headersTimeout: header_seconds_max * 1000,
    requestTimeout: (header_seconds_max + body_seconds_max + lateBodySeconds) * 1000,
    connectionsCheckingInterval: Math.min(checkingMs, header_seconds_max * 250),
    // the listener refuses a request without a host, in the form all errors have
    requireHostHeader: false,
  };
}

function listener({ fetch, refuse, closed }: Pick<HttpServerOptions, "fetch" | "refuse"> & Connections) {
  const answer = (
    request: Request,
    { incoming }: { readonly incoming: Pick<IncomingMessage, "socket" | "rawHeaders"> },
  ) => {
    if (hostsIn(incoming.rawHeaders) > 1) return refuse(malformed("it has more than one Host"));
    return fetch(request, {
      client: AbortSignal.any([request.signal, closed(incoming.socket)]),
      address: incoming.socket.remoteAddress ?? "",
    });
  };
  return getRequestListener((request, connection) => answer(request, connection as HttpBindings), {
    // the globals belong to everyone in this process
    overrideGlobalObjects: false,
    errorHandler: (error) =>
      refuse(
        error instanceof RequestError
          ? malformed(error.message)
          : new BacktestError("unexpected_error", "Cannot answer the request", { cause: error }),
      ),
  });
}

/** RFC 9112, section 3.2: of two, a proxy in front may have looked at the other one. */
function hostsIn(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === "host").length;
}

const closedBefore = AbortSignal.abort();

/**
 * Makes a signal for each connection that aborts when it closes. The signal of a request does not suffice: one that
 * waits behind another on its connection is not told.
 */
function closedSignals(): (socket: Socket) => AbortSignal {
  const known = new WeakMap<Socket, AbortSignal>();
  return (socket) => {
    if (socket.destroyed) return closedBefore;
    const before = known.get(socket);
    if (before) return before;
    const closed = new AbortController();
    known.set(socket, closed.signal);
    socket.once("close", () => closed.abort());
    return closed.signal;
  };
}

/** What is known of connections. */
interface Connections {
  /** Aborts when the connection closes. */
  closed(socket: Socket): AbortSignal;
}

function watchAnswers(server: Server, { closed }: Connections): { quiet(): Promise<void> } {
  let open = 0;
  let ending = false;
  let calm = Promise.withResolvers<void>();
  server.prependListener("request", ({ socket }: IncomingMessage, answer: ServerResponse) => {
    if (ending) answer.shouldKeepAlive = false;
    open++;
    const over = new AbortController();
    const end = () => {
      if (over.signal.aborted) return;
      over.abort();
      open--;
      if (open === 0) calm.resolve();
    };
    answer.once("close", end);
    // one that waits behind another is not told when their connection closes
    closed(socket).addEventListener("abort", end, { signal: over.signal });
  });
  return {
    async quiet() {
      ending = true;
      while (open > 0) {
        calm = Promise.withResolvers();
        await calm.promise;
      }
    },
  };
}

/** The bytes that answer a fault of the parser or of the clock, by its code. */
type BrokenAnswers = (code: unknown) => Promise<Uint8Array>;

/**
 * The answers to what never became a request, each made once: thousands of connections whose time ends together cost no
 * more than their bytes.
 */
function brokenAnswers(
  { refuse, refused, limits }: Pick<HttpServerOptions, "refuse" | "refused" | "limits">,
): BrokenAnswers {
  const made = new Map<string, Promise<{ readonly bytes: Uint8Array; readonly status: number }>>();
  return async (code) => {
    const error = brokenBecause(code, limits);
    const known = made.get(error.code);
    const answer = known ?? refuse(error).then(async (response) => ({
      bytes: await rawAnswer(response),
      status: response.status,
    }));
    made.set(error.code, answer);
    const { bytes, status } = await answer;
    if (known) refused(status);
    return bytes;
  };
}

/** Tells a client why its connection is cut, if it still listens. */
async function answerBroken(
  error: Error,
  { socket, answerOf }: { readonly socket: Socket; readonly answerOf: BrokenAnswers },
): Promise<void> {
  // what follows is read and dropped: the parser would find fault with each piece of it, and listen for errors each time
  socket.removeAllListeners("data").resume();
  const answer = await answerOf("code" in error ? error.code : undefined);
  if (!socket.writable) {
    // it has gone, or was told: the parser may find fault with what follows a fault
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  socket.end(answer);
  const linger = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(linger));
}

/** How long a client may take to read why its connection is cut, in ms. */
const lingerMs = 500;

function brokenBecause(code: unknown, limits: HttpLimits): BacktestError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new BacktestError("request_timeout", "Cannot read the request: it took too long to come", {
        details: { header_seconds_max: limits.header_seconds_max, body_seconds_max: limits.body_seconds_max },
      });
    case "HPE_HEADER_OVERFLOW":
      return new BacktestError(
        "headers_too_large",
        `Cannot read the request: address and headers have more than ${limits.header_bytes_max} bytes`,
        { details: { max_bytes: limits.header_bytes_max } },
      );
    default:
      return malformed("it is not HTTP/1.1");
  }
}

function malformed(reason: string): BacktestError {
  return new BacktestError("malformed_request", `Cannot read the request: ${reason}`);
}

async function listen(
  server: Server,
  { host, port }: Pick<HttpServerOptions, "host" | "port">,
): Promise<AddressInfo> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    return server.address() as AddressInfo;
  } catch (error) {
    const inUse = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    const reason = inUse
      ? "the port is already in use"
      : error instanceof Error
      ? error.message
      : String(error);
    const message = `Cannot serve the API on ${host}:${port}: ${reason}`;
    throw validationError(message, [{ path: "port", code: "port_unavailable", message }]);
  }
}

/** The connections of a server that have not closed yet, also those of which no request was read. */
function openConnections(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return open;
}

async function close(server: Server, connections: ReadonlySet<Socket>): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  // a socket says that it closed after its server does, and its timers run until then
  const gone = [...connections].map((socket) =>
    new Promise<void>((resolve) => void socket.once("close", () => resolve()))
  );
  for (const socket of connections) socket.destroy();
  await Promise.all([closed, ...gone]);
  // of a body that nobody read the listener looks twice, a turn apart, whether it still comes
  for (let look = 0; look < 2; look++) await new Promise((resolve) => setTimeout(resolve, 0));
}
