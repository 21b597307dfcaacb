import { validationError } from "../core/errors.ts";

/** Where requests are listened for, and what answers them. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  fetch(request: Request): Promise<Response>;
}

/** A listening server. Disposal takes no new connections and waits for answers under way. */
export interface HttpServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** Listens. An address that cannot be listened on is a `validation_error` naming it. */
export function startHttpServer({ host, port, fetch }: HttpServerOptions): HttpServer {
  const server = listen({ host, port, fetch });
  return {
    host: server.addr.hostname,
    port: server.addr.port,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function listen({ host, port, fetch }: HttpServerOptions): Deno.HttpServer<Deno.NetAddr> {
  try {
    // without `onListen` Deno announces the address on stdout, which is for data only
    return Deno.serve({ port, hostname: host, onListen() {} }, fetch);
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is already in use"
      : error instanceof Error
      ? error.message
      : String(error);
    const message = `Cannot serve the API on ${host}:${port}: ${reason}`;
    throw validationError(message, [{ path: "port", code: "port_unavailable", message }]);
  }
}
