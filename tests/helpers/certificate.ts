import { generate } from "selfsigned";

/** A server's certificate, and the authority that signed it, all PEM. */
export interface ServerCertificate {
  readonly authority: string;
  /** What other certificates are signed with. */
  readonly authorityKey: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate for a host name, or for 127.0.0.1, by an authority that nobody trusts yet. */
export async function serverCertificate(host: string): Promise<ServerCertificate> {
  const authority = await generate([{ name: "commonName", value: "authority of a test" }], {
    algorithm: "sha256",
    extensions: [{ name: "basicConstraints", cA: true }, { name: "keyUsage", keyCertSign: true }],
  });
  const name = host === "127.0.0.1" ? { type: 7, ip: host } as const : { type: 2, value: host } as const;
  const { cert, private: key } = await generate([{ name: "commonName", value: host }], {
    algorithm: "sha256",
    ca: { cert: authority.cert, key: authority.private },
    extensions: [{ name: "subjectAltName", altNames: [name] }],
  });
  return { authority: authority.cert, authorityKey: authority.private, cert, key };
}

/** A client's certificate by the authority of a server's. */
export async function clientCertificate(
  { authority, authorityKey }: ServerCertificate,
  user: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const { cert, private: key } = await generate([{ name: "commonName", value: user }], {
    algorithm: "sha256",
    ca: { cert: authority, key: authorityKey },
  });
  return { cert, key };
}
