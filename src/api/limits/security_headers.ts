import { secureHeaders } from "hono/secure-headers";

/**
 * Headers that keep a browser from doing more with an answer than it needs: only our own scripts run, nobody frames our
 * pages, types are not guessed and no address leaks in a referrer. The pages' styles may be inline, as the API's browser
 * page writes some. TLS, and with it HSTS, is the business of the proxy in front.
 */
export function securityHeaders() {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
    referrerPolicy: "no-referrer",
    strictTransportSecurity: false,
    xXssProtection: false,
  });
}
