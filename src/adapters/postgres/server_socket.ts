import { Buffer } from "node:buffer";
import { connect as connectTcp, isIP, Socket } from "node:net";
import { setImmediate } from "node:timers";
import { connect as connectTls } from "node:tls";
import type { Certificates } from "./dsn_tls.ts";

/**
 * What of libpq's `sslmode` is told apart: `prefer` (also for `allow`) takes what the server has, `require` trusts any
 * certificate, `verify-full` (also for `verify-ca`) wants one of a known authority with the server's name in it.
 */
export type TlsMode = "disable" | "prefer" | "require" | "verify-full";

/** Where a server is and how it is spoken to. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** A Unix socket, which goes before host and port and is never encrypted. */
  readonly path?: string;
  readonly tls: TlsMode;
  readonly certificates: Certificates;
}

/** When a server that is slow to agree on TLS is given up. */
export interface SocketOptions {
  readonly timeoutMs: number;
  /** Aborted when the pool is closed. */
  readonly closed: AbortSignal;
}

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const encrypts = "S".charCodeAt(0);

/**
 * A socket to a server, encrypted where the mode says so; without TLS it is still connecting. Never rejects, as the driver
 * would lose a connection of its pool with every rejection: a failure is a socket that reports it as its `error`.
 */
export async function openSocket(address: ServerAddress, options: SocketOptions): Promise<Socket> {
  const { host, port, path, tls } = address;
  if (options.closed.aborted) return failedSocket(new Error("the pool is closed"));
  const refused = path ? null : notPermitted(host, port);
  if (refused) return failedSocket(refused);
  const socket = path ? connectTcp(path) : connectTcp(port, host);
  if (path || tls === "disable") return socket;
  const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs), options.closed]);
  try {
    return await agreeOnTls(socket, { address, signal });
  } catch (error) {
    socket.destroy();
    return failedSocket(error as Error);
  }
}

function failedSocket(error: Error): Socket {
  // the driver writes at once, which would be another failure, and the first one
  const socket = Object.assign(new Socket(), { write: () => true });
  setImmediate(() => socket.destroy(error));
  return socket;
}

/** What the runtime would throw outside of the socket and of every promise. */
function notPermitted(host: string, port: number): Error | null {
  const { state } = Deno.permissions.querySync({ name: "net", host: `${host}:${port}` });
  if (state === "granted") return null;
  const message = `Requires net access to "${host}:${port}", run again with the --allow-net flag`;
  return Object.assign(new Error(message), { code: "NOT_PERMITTED" });
}

async function agreeOnTls(
  socket: Socket,
  { address, signal }: { readonly address: ServerAddress; readonly signal: AbortSignal },
): Promise<Socket> {
  const { host, port, tls, certificates } = address;
  await once(socket, "connect", signal);
  socket.write(sslRequest);
  const [answer] = await once(socket, "data", signal) as [Buffer];
  if (answer[0] !== encrypts) {
    if (tls === "prefer") return socket;
    throw noTls(`the server at ${host}:${port} does not speak TLS, which sslmode asks for`);
  }
  const secured = connectTls({
    socket,
    ...(isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: tls === "verify-full",
    ...certificates,
  });
  await once(secured, "secureConnect", signal);
  return secured;
}

/** The values of the socket's next `event`. Rejects when it fails or closes before, or when `signal` aborts. */
function once(socket: Socket, event: string, signal: AbortSignal): Promise<readonly unknown[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly unknown[]>();
  const listeners: Readonly<Record<string, (...values: unknown[]) => void>> = {
    [event]: (...values) => resolve(values),
    error: reject,
    close: () => reject(noTls("the server closed the connection before TLS was agreed on")),
  };
  const abort = () => reject(noTls("no TLS connection in time"));
  for (const [name, listener] of Object.entries(listeners)) socket.on(name, listener);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  return promise.finally(() => {
    for (const [name, listener] of Object.entries(listeners)) socket.removeListener(name, listener);
    signal.removeEventListener("abort", abort);
  });
}

/** An error that counts as one of the connection, as those of the driver do: it has a text as `code`. */
function noTls(message: string): Error {
  return Object.assign(new Error(message), { code: "TLS_FAILED" });
}
