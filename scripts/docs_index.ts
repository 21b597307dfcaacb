/**
 * Writes `docs/README.md`, the index of everything under `docs`. `--check` writes nothing and exits 1 with one line when
 * the index is stale.
 *
 * Usage: `deno run --allow-read=docs --allow-write=docs/README.md scripts/docs_index.ts [--check]`
 */

import { filesBelow } from "./files_below.ts";
import { writeOrCheck } from "./generated_file.ts";

const docs = new URL("../docs/", import.meta.url);
const indexName = "README.md";

/** What the index says about one document. */
interface Entry {
  /** Relative to `docs`, with forward slashes. */
  readonly path: string;
  readonly title: string;
  /** First sentence of the text; empty when the document has none. */
  readonly summary: string;
}

/** The text that `docs/README.md` should have: one line per Markdown file below `folder`, sorted by path. */
export async function buildIndex(folder: URL = docs): Promise<string> {
  const entries: Entry[] = [];
  for (
    const path of (await filesBelow(folder)).filter((path) => path.endsWith(".md") && path !== indexName)
  ) {
    entries.push(describe(path, await Deno.readTextFile(new URL(path, folder))));
  }
  const lines = entries.map(({ path, title, summary }) =>
    `- [${title}](${path})${summary && `: ${summary}`}`
  );
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Documentation",
    "",
    "<!-- Written by scripts/docs_index.ts; edit the documents, then run it again. -->",
    "",
    ...(lines.length === 0 ? ["No documents yet."] : lines),
    "",
  ].join("\n");
}

/** Title and first sentence of a document. Throws when it has no heading. */
export function describe(path: string, text: string): Entry {
  const prose = text.replace(/<!--.*?-->/gs, "").replace(/^(```|~~~).*?^\1/gms, "");
  const heading = /^#{1,6} +(.+?)[ #]*$/m.exec(prose);
  if (heading === null) throw new Error(`Cannot index docs/${path}: it has no heading`);
  const paragraphs = prose.slice(heading.index + heading[0].length).split(/\n\s*\n/);
  const first = paragraphs.map((block) => block.trim()).find((block) => /^[^#|>\-*+!]|^\*\*/.test(block)) ??
    "";
  return { path, title: plain(heading[1]!), summary: firstSentence(plain(first)) };
}

// links would point to the wrong folder from here
function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\s+/g, " ").trim();
}

// a sentence ends before a space and a capital, so that neither "e.g. this" nor "1.5" ends one
function firstSentence(text: string): string {
  return /^.*?[.!?](?= [A-Z`"(]|$)/.exec(text)?.[0] ?? text;
}

if (import.meta.main) {
  const file = { path: `docs/${indexName}`, text: await buildIndex(), script: "scripts/docs_index.ts" };
  Deno.exit(await writeOrCheck(file, Deno.args));
}
