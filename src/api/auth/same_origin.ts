import { BacktestError } from "../../core/errors/mod.ts";

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Throws `forbidden` when a request that changes something may come from the page of another site. The browser says so
 * in `Sec-Fetch-Site`; one that does not send it says at least the `Origin`, whose host must be the one asked. A request
 * with neither is refused, too.
 */
export function requireSameOrigin(request: Request): void {
  if (safeMethods.has(request.method)) return;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  const same = site === null ? isHostOf(origin, request.url) : site === "same-origin";
  if (same) return;
  throw new BacktestError(
    "forbidden",
    "Cross-site request refused: what a browser asks to change must be asked by a page of this origin",
    { details: { origin, sec_fetch_site: site } },
  );
}

/** Hosts only: behind a proxy the scheme seen here is not the one of the page. */
function isHostOf(origin: string | null, url: string): boolean {
  return origin !== null && URL.canParse(origin) && new URL(origin).host === new URL(url).host;
}
