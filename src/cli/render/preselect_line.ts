/** What the default shortlist would have missed, as a line below the table; nothing where a shortlist was used. */
export function preselectLine(missed: number | undefined): string {
  if (missed === undefined) return "";
  return `Stage A at the default preselect would have missed ${missed} of the final rows.\n`;
}
