const everything = "/";

const project = new URL("../../", import.meta.url);

/** What the process reads while it runs: the module, the threads that hold it, and the files of the browser page. */
const ownFolders = ["assembly", "build", "node_modules", "src"].map((name) => new URL(name, project));

/**
 * Gives up reading files, but for the project's own and those below `paths`. Which files a config names is known only once
 * it was read, so the process starts with `--allow-read=/` and calls this before it serves anyone. A process that was
 * started with other rights keeps them.
 */
export async function keepReading(paths: readonly string[]): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path: everything });
  if (state !== "granted") return;
  // what was granted by name outlives what is revoked here
  for (const path of [...ownFolders, ...paths]) await Deno.permissions.request({ name: "read", path });
  await Deno.permissions.revoke({ name: "read", path: everything });
}
