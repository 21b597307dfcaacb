/** How long a process on a busy machine may take from its start until it is of use, in ms. */
const readyMs = 120_000;

/**
 * The body of `/readyz` of a worker or an API once it is ready; rejects when it is not within two minutes. A check that
 * takes more than 2 s has failed, which the first one may on a busy machine.
 */
export async function untilReady(url: string): Promise<unknown> {
  const deadline = performance.now() + readyMs;
  let said = "nothing";
  while (performance.now() < deadline) {
    const response = await fetch(new URL("/readyz", url));
    said = await response.text();
    if (response.status === 200) return JSON.parse(said);
  }
  throw new Error(`Cannot see ${url} ready within ${readyMs} ms; it said ${said}`);
}
