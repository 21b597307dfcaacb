import { parse } from "hono/utils/cookie";

/** What a request brings to prove who sent it. */
export interface Credential {
  /** A cookie is sent by the browser whoever made the page ask for it; a bearer token never is. */
  readonly kind: "bearer" | "cookie";
  readonly token: string;
}

/** Longer tokens are not looked at; browsers keep no longer cookies either. */
const tokenLengthMax = 8192;

/**
 * The token of the `Authorization` header, else that of the cookie; null when there is neither. A header of another
 * scheme, or without a token, counts as no token at all, cookie or not.
 */
export function readCredential(request: Request, cookieName: string): Credential | null {
  const header = request.headers.get("authorization");
  if (header !== null) {
    const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(header)?.[1];
    return credential("bearer", token);
  }
  const cookies = request.headers.get("cookie");
  return cookies === null ? null : credential("cookie", parse(cookies, cookieName)[cookieName]);
}

function credential(kind: Credential["kind"], token: string | undefined): Credential | null {
  return token === undefined || token === "" || token.length > tokenLengthMax ? null : { kind, token };
}
