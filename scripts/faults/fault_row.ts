/** What came of one fault; a line of the table. */
export interface FaultRow {
  readonly fault: string;
  readonly injected: string;
  /** Why it was not tried; null when it was. */
  readonly leftOut: string | null;
  /** What was looked at, as texts of the table's cells, by their heading. */
  readonly seen: Readonly<Record<Heading, string>>;
  /** What was not survived, a line each. */
  readonly problems: readonly string[];
}

/** Headings of the cells between what was injected and the verdict. */
export const headings = ["alive", "again after", "jobs", "starts", "API", "given back"] as const;

/** One of {@link headings}. */
export type Heading = typeof headings[number];

/** The row of a fault that was not tried. */
export function leftOutRow(
  { name, injected }: { readonly name: string; readonly injected: string },
  why: string,
): FaultRow {
  const seen = Object.fromEntries(headings.map((heading) => [heading, ""])) as Record<Heading, string>;
  return { fault: name, injected, leftOut: why, seen, problems: [] };
}

/** Whether a fault that was tried was survived; a fault without time left for it was not. */
export function verdict({ leftOut, problems }: FaultRow): string {
  if (leftOut !== null) return `left out: ${leftOut}`;
  return problems.length === 0 ? "yes" : "NO";
}

/** The rows as a table of Markdown. */
export function markdownTable(rows: readonly FaultRow[]): string {
  const lines = rows.map((row) => [
    row.fault,
    row.injected,
    ...headings.map((heading) => row.seen[heading]),
    verdict(row),
  ]);
  const titles = ["fault", "injected", ...headings, "survived"];
  return [titles, titles.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
