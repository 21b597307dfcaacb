/**
 * Asks a URL and ends with 0 when the answer is a success, with 1 otherwise: the health check of an image that has no
 * shell and no curl. Usage: `deno run --allow-net=127.0.0.1 deploy/probe.ts URL`.
 */
const answerMs = 3000;

const [url = ""] = Deno.args;
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(answerMs) });
  if (!ok) throw new Error(`status ${status}`);
  Deno.exit(0);
} catch (error) {
  console.error(`${url} does not answer: ${(error as Error).message}`);
  Deno.exit(1);
}
