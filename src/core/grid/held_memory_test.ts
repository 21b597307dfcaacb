import assert from "node:assert/strict";
import { checkHeldMemory, heldBytes } from "./held_memory.ts";

const held = { bars: 1000, closeStamps: false, threads: 2, cloned: false, moduleBytes: 5000 };

Deno.test("heldBytes() counts shared candles once, cloned ones for every thread, and a module for each", () => {
  const candles = heldBytes({ ...held, threads: 0 });
  assert.ok(candles > 0 && candles % held.bars === 0);
  assert.equal(heldBytes(held), candles + 2 * 5000);
  assert.equal(heldBytes({ ...held, cloned: true }), 3 * candles + 2 * 5000);
  const stamped = heldBytes({ ...held, closeStamps: true, threads: 0 });
  assert.equal(stamped - candles, 8 * held.bars, "a close stamp is a double");
});

Deno.test("checkHeldMemory() allows exactly the limit, and one byte more is refused in words", () => {
  const bytes = heldBytes(held);
  checkHeldMemory(held, bytes);
  assert.throws(() => checkHeldMemory(held, bytes - 1), {
    code: "validation_error",
    message:
      `Backtest memory guard exceeded: ${bytes} bytes would be held by 2 compute threads over 1000 bars, ` +
      `${bytes - 1} are allowed; fewer bars or threads need less`,
    details: {
      error: "max_compute_bytes_total_exceeded",
      estimated_memory_bytes: bytes,
      max_compute_bytes_total: bytes - 1,
      stage: "stage_a",
    },
  });
  assert.throws(() => checkHeldMemory({ ...held, threads: 1 }, 1), { message: /by 1 compute thread over/ });
});
