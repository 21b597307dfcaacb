import { validationError } from "../../core/errors/mod.ts";

/** Certificates of a connection, PEM texts. */
export interface Certificates {
  /** The only authority that is trusted. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A DSN without the files it names, its `sslmode` what they make of it, and what is in them. */
export interface DsnWithCertificates {
  readonly dsn: string;
  readonly certificates: Certificates;
}

/** Query members of a DSN that are paths of PEM files, as libpq has them. */
const fileMembers = ["sslrootcert", "sslcert", "sslkey"] as const;
const encrypted = ["require", "verify-ca", "verify-full"];

/** Paths of the files a DSN names; empty for a text that is no URL. */
export function tlsFiles(dsn: string): readonly string[] {
  const query = URL.parse(dsn)?.searchParams;
  return fileMembers.flatMap((name) => query?.get(name) ?? []).filter((path) => path !== "system");
}

/**
 * Reads the files that `sslrootcert`, `sslcert` and `sslkey` of a DSN name, and takes the three out of it. With
 * `sslrootcert` the server's certificate is verified, also where `sslmode` is `require`, as libpq does. Throws a
 * `validation_error` of one line naming member and path for a file that cannot be read, a certificate without its key, and
 * an `sslmode` with which the files would not be used.
 */
export function dsnWithCertificates(
  dsn: string,
  readText: (path: string) => string,
): DsnWithCertificates {
  const url = URL.parse(dsn);
  if (url === null || !fileMembers.some((name) => url.searchParams.has(name))) {
    return { dsn, certificates: {} };
  }
  const fallback = url.searchParams.get("sslrootcert") === "system" ? "verify-full" : "absent";
  const mode = url.searchParams.get("sslmode") ?? fallback;
  if (!encrypted.includes(mode)) {
    throw refused(
      `sslrootcert, sslcert and sslkey need sslmode to be ${encrypted.join(", ")}; it is ${mode}`,
    );
  }
  const [ca, cert, key] = fileMembers.map((name) => {
    const path = url.searchParams.get(name);
    url.searchParams.delete(name);
    return path === null || path === "system" ? undefined : pem(name, { path, readText });
  });
  if ((cert === undefined) !== (key === undefined)) throw refused("sslcert and sslkey go together");
  const verifies = mode !== "require" || ca !== undefined || fallback === "verify-full";
  url.searchParams.set("sslmode", verifies ? "verify-full" : "require");
  return {
    dsn: url.href,
    certificates: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    },
  };
}

function pem(
  name: string,
  { path, readText }: { readonly path: string; readonly readText: (path: string) => string },
): string {
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw refused(
      `${name} "${path}" ${error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read"}`,
    );
  }
  if (!text.includes("-----BEGIN ")) throw refused(`${name} "${path}" is no PEM file`);
  return text;
}

function refused(fact: string): Error {
  const message = `Cannot open the database: ${fact}`;
  return validationError(message, [{ path: "dsn", code: "value_error", message }]);
}
