const version = /^[0-9a-f]{12}$/;
const none = "-";

/** The id of an event: what has been sent of every job of the stream, in the stream's order of jobs. */
export function eventId(sent: ReadonlyMap<string, string>, jobIds: readonly string[]): string {
  return jobIds.map((jobId) => sent.get(jobId) ?? none).join(".");
}

/**
 * What a `Last-Event-ID` says was seen, by job. One that does not belong to these jobs says nothing: everything is sent
 * again, which is harmless, as every event holds the whole state.
 */
export function seenVersions(id: string | undefined, jobIds: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(jobIds)];
  const parts = id?.split(".") ?? [];
  if (parts.length !== distinct.length) return new Map();
  return new Map(
    distinct.map((jobId, i) => [jobId, parts[i]!] as const).filter(([, part]) => version.test(part)),
  );
}
