import { trimEndOf } from "../core/text/mod.ts";
import { ApiError, toApiError } from "./api_error.ts";

/** How a client reaches the API. */
export interface ClientOptions {
  /** For example `http://127.0.0.1:8000`; a path is kept. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer`; without it the cookies of the page are. */
  readonly token?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the global one. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Waits before a broken event stream is opened again; `setTimeout` by default. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Settings of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Requests to one API, and what comes back. */
export class Transport {
  readonly #options: ClientOptions;
  readonly #base: string;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#base = trimEndOf(options.baseUrl, "/");
  }

  /** The JSON that a body of JSON is answered with. */
  async post<T>(
    path: string,
    { sent, headers, ...options }: CallOptions & {
      readonly sent: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<T> {
    return await this.json(path, {
      ...options,
      method: "POST",
      body: JSON.stringify(sent),
      headers: { "content-type": "application/json", ...headers },
    });
  }

  /** The JSON of an answer. */
  async json<T>(path: string, init: RequestInit & CallOptions): Promise<T> {
    return await (await this.send(path, init)).json();
  }

  /** The answer, if it is a success; rejects with `ApiError` otherwise. */
  async send(path: string, init: RequestInit & CallOptions): Promise<Response> {
    const { token, headers, fetch = (request) => globalThis.fetch(request) } = this.#options;
    const request = new Request(`${this.#base}${path}`, {
      method: init.method ?? "GET",
      credentials: "include",
      headers: {
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(init.headers as Record<string, string> | undefined),
      },
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal ? { signal: init.signal } : {}),
    });
    const response = await fetch(request).catch((cause) => {
      if (init.signal?.aborted) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const shown = this.#base.replace(/\/\/[^/@]*@/, "//***@");
      throw new ApiError(`Cannot reach ${shown}: ${reason}`, { code: "unreachable", status: 0 });
    });
    if (response.ok) return response;
    throw await toApiError(response);
  }
}

/** Of a list each value is sent. */
export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** A query of an address. */
export function search(members: Readonly<Record<string, QueryValue>>): string {
  const sent = Object.entries(members).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => [name, String(one)])
  );
  return sent.length === 0 ? "" : `?${new URLSearchParams(sent)}`;
}

/** Waits, or until the signal aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}
