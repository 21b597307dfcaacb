import type { Registry } from "prom-client";
import { validationError } from "../../core/errors/mod.ts";

/** Where metrics are served. */
export interface MetricsServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** `127.0.0.1` by default. */
  readonly hostname?: string;
  readonly registry: Registry;
  /** Whether the process is of use now, for `/readyz`; always unless given. It must answer, and in time. */
  readonly ready?: () => Promise<boolean>;
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
 * Serves the registry as Prometheus text on `GET /metrics`, `GET /healthz` (200 as long as the process answers) and
 * `GET /readyz` (503 when it is not ready); 404 elsewhere. A port that cannot be listened on is a `validation_error`
 * naming it.
 */
export function startMetricsServer(options: MetricsServerOptions): MetricsServer {
  const { signal } = options;
  const server = listen(options, (request) => answer(request, options));
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

async function answer(
  request: Request,
  { registry, ready = () => Promise.resolve(true) }: MetricsServerOptions,
): Promise<Response> {
  switch (`${request.method} ${new URL(request.url).pathname}`) {
    case "GET /metrics":
      return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
    case "GET /healthz":
      return Response.json({ status: "ok" });
    case "GET /readyz": {
      const isReady = await ready();
      return Response.json({ status: isReady ? "ready" : "not_ready" }, { status: isReady ? 200 : 503 });
    }
    default:
      return new Response("Not found\n", { status: 404 });
  }
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
