const chunkBytes = 4096;
const bytesMax = 1 << 20;

/**
 * The last line of a text file that is not blank, and null where there is none in the last megabyte. The file is left at
 * its beginning. Rejects with the errors of the file system.
 */
export async function lastLine(file: Deno.FsFile): Promise<string | null> {
  const size = await file.seek(0, Deno.SeekMode.End);
  let text: string | null = null;
  for (let bytes = chunkBytes; text === null; bytes *= 8) {
    const from = Math.max(size - bytes, 0);
    const tail = new TextDecoder().decode(await readFrom(file, { from, size }));
    const lines = tail.split(/[\r\n]+/);
    // the first one may be the end of a line
    const whole = from === 0 ? lines : lines.slice(1);
    text = whole.findLast((line) => line.trim() !== "") ?? null;
    if (from === 0 || bytes >= bytesMax) break;
  }
  await file.seek(0, Deno.SeekMode.Start);
  return text;
}

async function readFrom(
  file: Deno.FsFile,
  { from, size }: { readonly from: number; readonly size: number },
): Promise<Uint8Array> {
  await file.seek(from, Deno.SeekMode.Start);
  const bytes = new Uint8Array(size - from);
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** The first field of a line of CSV, without blanks and quotes around it. */
export function firstField(line: string): string {
  return line.split(",", 1)[0]!.trim().replace(/^"(.*)"$/, "$1").trim();
}
