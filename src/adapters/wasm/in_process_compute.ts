import type { Compute } from "../../ports/compute.ts";
import { kernelModule } from "./kernel_module.ts";
import { moduleCompute, type ModuleComputeOptions } from "./module_compute.ts";

/** The built module in the calling thread: every call blocks it until the batch is done. */
export function createInProcessCompute(options: ModuleComputeOptions = {}): Compute {
  return moduleCompute(kernelModule(), options);
}
