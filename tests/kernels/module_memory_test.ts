import assert from "node:assert/strict";
import { ARENA_BASE } from "../../assembly/layout.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";

Deno.test("the module keeps nothing of its own in the memory of the host", () => {
  const { memory } = instantiateKernels(kernelModule());
  const taken = new Uint8Array(memory.buffer, ARENA_BASE).findLastIndex((byte) => byte !== 0);
  assert.equal(taken, -1, `byte ${ARENA_BASE + taken} is taken, the arena starts at ${ARENA_BASE}`);
});
