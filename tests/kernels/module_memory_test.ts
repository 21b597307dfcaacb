import assert from "node:assert/strict";
import { ARENA_BASE } from "../../assembly/layout.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";

Deno.test("the module keeps nothing of its own in the memory of the host", () => {
  const { memory } = instantiateKernels(kernelModule());
  const taken = new Uint8Array(memory.buffer, ARENA_BASE).findLastIndex((byte) => byte !== 0);
  assert.equal(taken, -1, `byte ${ARENA_BASE + taken} is taken, the arena starts at ${ARENA_BASE}`);
});

Deno.test("numbers that are compared lie below the memory of the host, and on nothing that the module keeps", () => {
  const { memory, order } = instantiateKernels(kernelModule());
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xaa, ARENA_BASE);
  const before = bytes.slice();
  order(0, 1.1, 0, 0, -2.3, 0, ARENA_BASE, ARENA_BASE, ARENA_BASE, 0);
  const changed = [...bytes.keys()].filter((at) => bytes[at] !== before[at]);
  // 64 bars of an f32 for each of the two
  assert.ok(changed.length > 0 && changed.length <= 512, `${changed.length} bytes`);
  assert.deepEqual(changed.filter((at) => at >= ARENA_BASE || before[at] !== 0), []);
});
