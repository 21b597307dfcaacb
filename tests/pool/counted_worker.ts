import { countInstances, type InstanceCount } from "./count_instances.ts";
// after the counter: imports run in the order in which they are written
import "../../src/adapters/wasm/pool_worker.ts";

// A thread of the pool that also says, when asked, how many instances it has made.

interface ThreadScope {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: { readonly count: InstanceCount }): void;
}

const thread = self as unknown as ThreadScope;
const serve = thread.onmessage;
thread.onmessage = (event) => {
  if (event.data === "count") thread.postMessage({ count: countInstances() });
  else serve(event);
};
