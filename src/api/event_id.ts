const version = /^[0-9a-f]{12}$/;
const none = "-";

/** The id of an event: what has been sent of everything the stream tells of, in the stream's order. */
export function eventId(sent: ReadonlyMap<string, string>, ids: readonly string[]): string {
  return ids.map((id) => sent.get(id) ?? none).join(".");
}

/**
 * What a `Last-Event-ID` says was seen, by id. One that does not belong to these says nothing: everything is sent
 * again, which is harmless, as every event holds the whole state.
 */
export function seenVersions(last: string | undefined, ids: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(ids)];
  const parts = last?.split(".") ?? [];
  if (parts.length !== distinct.length) return new Map();
  return new Map(
    distinct.map((id, i) => [id, parts[i]!] as const).filter(([, part]) => version.test(part)),
  );
}
