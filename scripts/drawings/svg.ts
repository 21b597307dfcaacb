/** What a rectangle of a drawing looks like and says. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
  /** Written in the middle; nothing when empty. */
  readonly label?: string;
}

/** One line of text. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor?: "start" | "middle" | "end";
}

/** A drawing that is readable on light and dark pages: it has a ground of its own. */
export function svg(
  size: { readonly width: number; readonly height: number; readonly title: string },
  parts: { readonly boxes: readonly Box[]; readonly labels: readonly Label[] },
): string {
  const { width, height, title } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts.boxes.flatMap(boxLines),
    ...parts.labels.map(labelLine),
    "</svg>",
    "",
  ].join("\n");
}

function boxLines({ x, y, width, height, fill, label = "" }: Box): string[] {
  const rect =
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" stroke="#555" stroke-width="0.5"/>`;
  const middle = { x: x + width / 2, y: y + height / 2 + 4, anchor: "middle" } as const;
  return label === "" ? [rect] : [rect, labelLine({ ...middle, text: label })];
}

function labelLine({ x, y, text, anchor = "start" }: Label): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-family="sans-serif" font-size="12" fill="#222">${text}</text>`;
}
