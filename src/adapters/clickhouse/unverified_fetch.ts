import type { Agent } from "undici";

let agent: Agent | undefined;

/**
 * `fetch` that takes any certificate, for `CH_VERIFY=0`: the platform's own cannot be told to. Loaded on first use, since
 * hardly anyone needs it.
 */
export const unverifiedFetch: typeof fetch = async (input, init) => {
  const undici = await import("undici");
  agent ??= new undici.Agent({
    connect: { rejectUnauthorized: false, timeout: 0 },
    // the platform's HTTP/2 has ended whole processes here, and ClickHouse speaks HTTP/1.1 only
    allowH2: false,
    // a connection per request, and no timers besides the caller's
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const request = undici.fetch as unknown as (
    input: unknown,
    init: RequestInit & { readonly dispatcher: Agent },
  ) => Promise<Response>;
  return await request(input, { ...init, dispatcher: agent });
};
