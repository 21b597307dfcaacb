import { BacktestError, validationError } from "../../core/errors/mod.ts";
import type { Authenticate } from "../deps.ts";
import { requireSameOrigin } from "./same_origin.ts";

/**
 * Every caller is the one local user. As nobody has to prove anything, a browser must not carry other sites' requests
 * here: the host asked for must be a loopback name, and what a page sends to change something must be a page of ours.
 * Rejects with `forbidden` otherwise.
 */
export function devAuthenticator({ userId }: { readonly userId: string }): Authenticate {
  return (request) => {
    try {
      const { hostname } = new URL(request.url);
      if (!isLoopback(hostname)) {
        throw new BacktestError(
          "forbidden",
          `Cannot serve host "${hostname}" without sign-in: only loopback names are served`,
          { details: { host: hostname } },
        );
      }
      const isPage = request.headers.has("origin") || request.headers.has("sec-fetch-site");
      if (isPage) requireSameOrigin(request);
      return Promise.resolve({ userId });
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** Throws a `validation_error` when everyone would be the local user and not only this machine could connect. */
export function requirePrivateListen(
  { mode, host }: { readonly mode: "dev" | "jwt"; readonly host: string },
): void {
  if (mode === "jwt" || isLoopback(host)) return;
  const message = `api.auth.mode dev serves loopback only, but the host is "${host}": set mode jwt`;
  throw validationError(`Cannot start the API: ${message}`, [{
    path: "api.host",
    code: "value_error",
    message,
  }]);
}

/** Whether a host of a URL or of a listener is this machine by any of its loopback names. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}
