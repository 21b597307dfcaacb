/** A UUID as jobs, users and strategies have it: lower-case, in its five groups. */
export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is a lower-case UUID. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
