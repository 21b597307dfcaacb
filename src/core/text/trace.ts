const parent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const zeros = /^0+$/;

/** Whether a text can be a trace id: 32 lower-case hex digits, not all of them 0. */
export function isTraceId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text) && !zeros.test(text);
}

/**
 * The trace id of a `traceparent` header (https://www.w3.org/TR/trace-context/#traceparent-header); null when there is
 * none or it is malformed, on which the standard asks for a new trace. Of a later version than 00 the parts known today
 * are read.
 */
export function traceIdOf(traceparent: string | undefined): string | null {
  const [, version, traceId, parentId, more] = parent.exec(traceparent?.trim() ?? "") ?? [];
  if (version === undefined || version === "ff") return null;
  if (version === "00" && more !== undefined) return null;
  return isTraceId(traceId!) && !zeros.test(parentId!) ? traceId! : null;
}
