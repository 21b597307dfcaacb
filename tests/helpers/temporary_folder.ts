/** A folder that is removed with everything in it. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file into the folder, making folders on the way, and answers its path. */
  write(name: string, text: string): Promise<string>;
}

/** Makes an empty folder below the system's temporary folder. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await Deno.makeTempDir({ prefix: "backtest-test-" });
  return {
    path,
    async write(name, text) {
      const file = `${path}/${name}`;
      await Deno.mkdir(file.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(file, text);
      return file;
    },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
