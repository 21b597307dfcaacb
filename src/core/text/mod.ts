/**
 * Texts: canonical JSON, times, cursors, names that are meant, and secrets left out.
 * @module
 */
export { canonicalJson, type JsonObject } from "./canonical_json.ts";
export { type CursorKind, decodeCursor, encodeCursor } from "./list_cursor.ts";
export { inMemberOrder } from "./member_order.ts";
export { editDistance, knownInstead, nearestName } from "./nearest_name.ts";
export { compareCodePoints, pythonFloat, pythonInt, pythonString } from "./python_json.ts";
export { hidden, hideLogins, isSecretName, redactSecrets, scrub, scrubValue } from "./redact.ts";
export { sha256Hex, sha256OfPieces } from "./sha256.ts";
export { shown, shownTime } from "./shown.ts";
export { sparkline } from "./sparkline.ts";
export { durationText, formatTimestamp, parseTimeOrDate, parseTimestamp } from "./time_text.ts";
export { type TimeTextParts, timeTextParts } from "./time_text_parts.ts";
export { isTraceId, traceIdOf } from "./trace.ts";
export { trimEndOf } from "./trim.ts";
export { isUuid, uuidPattern } from "./uuid.ts";
