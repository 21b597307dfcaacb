import type { Registry } from "prom-client";
import { validationError } from "../../core/errors.ts";

/** Where metrics are served. */
export interface MetricsServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** `127.0.0.1` by default. */
  readonly hostname?: string;
  readonly registry: Registry;
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal;
}

/** A listening metrics server. Disposal lets answers under way finish and frees the port. */
export interface MetricsServer extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  /** Resolves when the server has closed. */
  readonly closed: Promise<void>;
}

/**
 * Serves the registry as Prometheus text on `GET /metrics`, 404 elsewhere. A port that cannot be listened on is a
 * `validation_error` naming it.
 */
export function startMetricsServer(options: MetricsServerOptions): MetricsServer {
  const { registry, signal } = options;
  const server = listen(options, (request) => answer(request, registry));
  const close = () => server.shutdown();
  signal?.addEventListener("abort", close, { once: true });
  if (signal?.aborted) close();
  return {
    hostname: server.addr.hostname,
    port: server.addr.port,
    closed: server.finished,
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener("abort", close);
      await server.shutdown();
    },
  };
}

async function answer(request: Request, registry: Registry): Promise<Response> {
  if (request.method !== "GET" || new URL(request.url).pathname !== "/metrics") {
    return new Response("Not found\n", { status: 404 });
  }
  return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
}

function listen(
  { port, hostname = "127.0.0.1" }: MetricsServerOptions,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    // without `onListen` Deno announces the address on stdout, which is for data only
    return Deno.serve({ port, hostname, onListen() {} }, handler);
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is already in use"
      : error instanceof Error
      ? error.message
      : String(error);
    const message = `Cannot serve metrics on ${hostname}:${port}: ${reason}`;
    throw validationError(message, [{ path: "metrics_port", code: "port_unavailable", message }]);
  }
}
