import { validationError } from "../../core/errors/mod.ts";
import type { Database } from "./database.ts";
import { openEmbedded } from "./embedded_server.ts";
import { openPglite } from "./pglite_server.ts";

/**
 * Opens the database a DSN names:
 *
 * - `postgres://...`: that server, which is not asked anything yet
 * - `embedded:<directory>`, `embedded:temporary`: a real Postgres of our own that ends with this process; PGlite when it
 *   cannot be started here, which `onNotice` is told in one line
 * - `pglite:<directory>`, `pglite:memory`: Postgres compiled to wasm, in this process, one connection
 *
 * Rejects with `validation_error` for any other DSN, with `storage_unavailable` when the server does not start.
 */
export async function openDatabase(
  dsn: string,
  options: { readonly onNotice?: (line: string) => void } = {},
): Promise<Database> {
  const { onNotice = () => {} } = options;
  const [, scheme, place] = /^(postgres(?:ql)?|embedded|pglite):(.+)$/s.exec(dsn.trim()) ?? [];
  if (!scheme || !place) throw unknownDsn();
  switch (scheme) {
    case "embedded":
      return await openEmbedded(place === "temporary" ? null : place, onNotice);
    case "pglite":
      return await openPglite(place === "memory" ? null : place);
    default:
      return openRemote(dsn.trim());
  }
}

/** Connections a process opens to a server at most, besides the one that listens; `docs/deploy.md` counts on it. */
export const serverConnectionsMax = 10;

function openRemote(dsn: string): Database {
  const url = URL.canParse(dsn) ? new URL(dsn) : null;
  const close = () => Promise.resolve();
  return {
    dsn,
    connectionsMax: serverConnectionsMax,
    canListen: true,
    description: url ? `Postgres at ${url.host}${url.pathname}` : "Postgres",
    close,
    [Symbol.asyncDispose]: close,
  };
}

function unknownDsn(): Error {
  return validationError("Cannot open the database: the DSN is of no known kind", [{
    path: "dsn",
    code: "unsupported",
    message: "DSN must start with postgres://, postgresql://, embedded: or pglite:",
  }]);
}
