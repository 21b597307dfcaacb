/**
 * The line of a text that holds a position, and below it a caret under that position: code points from 1, as faults of
 * rules count them. Tabs become spaces, so that the caret stands where it should.
 */
export function caretLines(text: string, position: number): string {
  const characters = Array.from(text);
  const before = characters.slice(0, position - 1).join("").split(/\r?\n/);
  const lines = text.split(/\r?\n/);
  const line = lines[before.length - 1] ?? "";
  const column = Array.from(before.at(-1)!).length;
  return `  ${line.replaceAll("\t", " ")}\n  ${" ".repeat(column)}^\n`;
}
