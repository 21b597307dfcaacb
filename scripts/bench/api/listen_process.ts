import process from "node:process";
import { eventStream } from "../../../src/client/event_stream.ts";
import type { HeardEvent, ListenTarget } from "./listen.ts";

// All listeners, in a process of their own: listen_process.ts < TARGET. Prints "ready" when each has heard of its job
// once, and when all streams have ended one JSON list of what each heard.

/** Connections opened at the same time. */
const openingMax = 50;

const { url, listeners }: ListenTarget = JSON.parse(await new Response(Deno.stdin.readable).text());
const heard: HeardEvent[][] = [];
const ends: Promise<void>[] = [];
for (let from = 0; from < listeners.length; from += openingMax) {
  await Promise.all(listeners.slice(from, from + openingMax).map(listen));
}
console.log("ready");
await Promise.all(ends);
console.log(JSON.stringify(heard));
process.exit(0);

/** Resolves with the first event; the rest is heard meanwhile. */
async function listen({ jobId, token }: ListenTarget["listeners"][number]): Promise<void> {
  const response = await fetch(`${url}/backtests/jobs/${jobId}/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (response.status !== 200) throw new Error(`A listener was answered with ${response.status}`);
  const mine: HeardEvent[] = [];
  heard.push(mine);
  const first = Promise.withResolvers<void>();
  ends.push((async () => {
    for await (const { data } of eventStream(response.body!)) {
      const atMs = Date.now();
      const { job_id, processed_units, state, terminal } = JSON.parse(data);
      mine.push({ jobId: job_id, units: processed_units, state, terminal, atMs });
      first.resolve();
    }
    first.resolve();
  })());
  await first.promise;
}
