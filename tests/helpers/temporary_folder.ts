import { fileURLToPath } from "node:url";

/** A folder that is removed with everything in it. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file into the folder, making folders on the way, and returns its path. */
  write(name: string, text: string): Promise<string>;
}

const prefix = "backtest-test-";
const inProject = fileURLToPath(new URL("../../build/tmp", import.meta.url));

/** Makes an empty folder below the system's temporary folder, or in the project where that cannot be written. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await Deno.makeTempDir({ prefix }).catch(async (error) => {
    if (!isUnwritable(error)) throw error;
    await Deno.mkdir(inProject, { recursive: true });
    return await Deno.makeTempDir({ dir: inProject, prefix });
  });
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

function isUnwritable(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotCapable ||
    (error as { code?: string }).code === "EROFS";
}
