import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client-web";
import type { ClickHouseSettings } from "./settings.ts";
import { unverifiedFetch } from "./unverified_fetch.ts";

/** A client of the server the settings name; nothing is sent before the first query. */
export function clickHouseClient(
  settings: ClickHouseSettings,
  { timeoutMs }: { readonly timeoutMs: number },
): ClickHouseClient {
  const { secure, verify, database, user, password } = settings;
  return createClient({
    url: `${secure ? "https" : "http"}://${clickHouseAddress(settings)}`,
    database,
    username: latin1OfUtf8(user),
    password: latin1OfUtf8(password),
    request_timeout: timeoutMs,
    log: { level: ClickHouseLogLevel.OFF },
    ...(secure && !verify ? { fetch: unverifiedFetch } : {}),
  });
}

/** `host:port` as URLs and error texts have it. */
export function clickHouseAddress({ host, port }: ClickHouseSettings): string {
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

/** One character per UTF-8 byte: the client makes its header with `btoa`, which takes nothing else. */
function latin1OfUtf8(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
