import { BacktestError } from "../core/errors/mod.ts";
import type { ApiDeps, Caller } from "./deps.ts";
import type { ApiContext, Endpoint } from "./endpoint.ts";
import { rateExceeded, rateHeaders } from "./limits/rate_limit.ts";

/**
 * Lets a request in before its body is read: finds out who sent it, and counts it. Rejects with `unauthorized` or
 * `forbidden`, and with `rate_limited`. Who need not say who he is is counted by the address he comes from, unless he
 * does say.
 */
export async function admit(
  c: ApiContext,
  { access, takeRate, deps }: Pick<Endpoint, "access" | "takeRate"> & {
    readonly deps: Pick<ApiDeps, "authenticate" | "takeRate">;
  },
): Promise<void> {
  if (access === "public") return;
  const caller = access === "user" ? await deps.authenticate(c.req.raw) : await whoever(c, deps);
  if (caller) {
    c.set("userId", caller.userId);
    c.set("roles", caller.roles ?? []);
    c.set("isOperator", caller.isOperator ?? false);
  }
  // a narrower limit is the one to tell of
  for (const take of [deps.takeRate, ...(takeRate ? [takeRate] : [])]) {
    const state = await take(caller?.userId ?? `address ${c.env.address}`);
    for (const [name, value] of Object.entries(rateHeaders(state))) c.header(name, value);
    if (state.exceeded) throw rateExceeded(state);
  }
}

async function whoever(c: ApiContext, deps: Pick<ApiDeps, "authenticate">): Promise<Caller | null> {
  try {
    return await deps.authenticate(c.req.raw);
  } catch (error) {
    if (error instanceof BacktestError && (error.code === "unauthorized" || error.code === "forbidden")) {
      return null;
    }
    throw error;
  }
}
