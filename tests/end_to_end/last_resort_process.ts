import { createLog } from "../../src/adapters/system/log.ts";
import { keepAlive } from "../../src/wiring/last_resort.ts";

const log = createLog({
  write: (line) => console.error(line),
  level: "info",
  format: "text",
  component: "test",
});
// as in a process that is API and worker at once
keepAlive(log);
keepAlive(log);
void Promise.reject(new Error("nobody waits for this"));
setTimeout(() => {
  throw new Error("thrown by a timer");
}, 0);
setTimeout(() => console.log("still here"), 1);
