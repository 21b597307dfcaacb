/** Who listens to which jobs. */
import { fileURLToPath } from "node:url";
export interface ListenTarget {
  readonly url: string;
  readonly listeners: readonly { readonly jobId: string; readonly token: string }[];
}

/** One event as a listener got it. */
export interface HeardEvent {
  readonly jobId: string;
  readonly units: number;
  readonly state: string;
  readonly terminal: boolean;
  /** Epoch ms, on the clock of this machine. */
  readonly atMs: number;
}

/** Listeners in a process of their own. */
export interface Listeners extends AsyncDisposable {
  /** What each heard, once all streams have ended. */
  heard(): Promise<readonly (readonly HeardEvent[])[]>;
}

const script = fileURLToPath(new URL("listen_process.ts", import.meta.url));

/** Opens one stream per listener; resolves when every one has heard of its job once. */
export async function startListeners(target: ListenTarget): Promise<Listeners> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--node-modules-dir=auto", "--no-prompt", "--no-check", "--allow-all", script],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(target)));
  await writer.close();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (complete: () => boolean) => {
    while (!complete()) {
      const { done, value } = await reader.read();
      if (done) throw new Error("The listeners ended before they had heard everything");
      text += value;
    }
  };
  const stop = async () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // it has ended by itself
    }
    await reader.cancel();
    await child.status;
  };
  try {
    await until(() => text.startsWith("ready\n"));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async heard() {
      await until(() => text.endsWith("]\n"));
      return JSON.parse(text.slice("ready\n".length));
    },
    [Symbol.asyncDispose]: stop,
  };
}
