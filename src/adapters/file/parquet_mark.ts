const mark = "PAR1";

/** Whether a file begins as Parquet files do. Rejects with the errors of the file system. */
export async function isParquet(path: string | URL): Promise<boolean> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(mark.length);
  const count = await file.read(bytes);
  return count === bytes.length && new TextDecoder().decode(bytes) === mark;
}
