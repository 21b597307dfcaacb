import assert from "node:assert/strict";
import { outputOf } from "./optional_program.ts";

/** Path of a Chromium that starts; null when there is none on the PATH. */
export async function findChromium(): Promise<string | null> {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const found = await outputOf("/bin/sh", ["-c", `command -v ${name} && ${name} --version`]);
    if (found?.success) return new TextDecoder().decode(found.stdout).split("\n")[0]!;
  }
  console.error("SKIPPED: there is no working chromium on this machine (Debian's package chromium has it)");
  return null;
}

/** A page and what it is served from. */
export interface ServedPage {
  readonly chromium: string;
  /** Answers the requests of the page, from `/` on. */
  readonly serve: (request: Request) => Response | Promise<Response>;
  /** Where the page starts. */
  readonly path?: string;
  /** Folder for the browser's profile; removed afterwards. */
  readonly profile: string;
}

/** Opens a page in a headless Chromium and returns the text that the page posts to `/result`. */
export async function postedByPage({ chromium, serve, path = "/", profile }: ServedPage): Promise<string> {
  const result = Promise.withResolvers<string>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (new URL(request.url).pathname !== "/result") return await serve(request);
    result.resolve(await request.text());
    return new Response();
  });
  const browser = new Deno.Command(chromium, {
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${server.addr.port}${path}`,
    ],
    // its crash reporter writes below the home folder, which may be nobody's to write
    env: { HOME: profile },
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const ended = browser.status.then(({ code }) =>
      assert.fail(`Chromium ended with code ${code} before it answered`)
    );
    ended.catch(() => {});
    return await Promise.race([result.promise, ended]);
  } finally {
    browser.kill("SIGKILL");
    await browser.status;
    await server.shutdown();
    await removeQuieted(profile);
  }
}

const removalsMax = 100;

/** Removes a folder into which the browser's own children may still be writing for a moment. */
async function removeQuieted(path: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (attempt === removalsMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
