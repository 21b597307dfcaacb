import type { ToThread } from "../../src/adapters/wasm/messages.ts";
import "../../src/adapters/wasm/pool_worker.ts";
import { hangs } from "./hanging_pool.ts";

// A thread of the pool that stands still in some calls, far longer than a pool waits. Not for ever: Deno lets an ended
// worker finish what it does.

const hangMs = 2000;

interface ThreadScope {
  onmessage: (event: MessageEvent<ToThread>) => void;
}

const thread = self as unknown as ThreadScope;
const serve = thread.onmessage;
thread.onmessage = (event) => {
  if (hangs(event.data)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, hangMs);
  serve(event);
};
