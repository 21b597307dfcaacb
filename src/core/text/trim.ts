/**
 * A text without what it ends with of `unwanted`. In linear time, which an expression like `/0+$/` does not have: it
 * begins anew at every character that is followed by something else.
 */
export function trimEndOf(text: string, unwanted: string): string {
  let end = text.length;
  while (end > 0 && unwanted.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}
