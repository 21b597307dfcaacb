import { BacktestError } from "../../core/errors/mod.ts";
import type { IndicatorChoice, IndicatorCompute } from "../../ports/indicator_compute.ts";
import { planArena, reserveMemory } from "./arena.ts";
import { kernelOf, outputKernel } from "./indicator_series.ts";
import { kernelModule } from "./kernel_module.ts";
import { instantiateKernels } from "./kernels.ts";
import { bytesOfColumn, priceColumns, priceRegions, type Prices } from "./price_columns.ts";

/** The compute module in the calling thread, a fresh instance for every series. */
export function createIndicatorCompute(): IndicatorCompute {
  return {
    series(choice, candles) {
      try {
        return series(choice, candles);
      } catch (cause) {
        if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
        const message = `Cannot compute ${choice.id}: the module trapped (${cause.message})`;
        throw new BacktestError("backtest_job_runner_failed", message, { cause });
      }
    },
  };
}

function series({ id, values, output }: IndicatorChoice, prices: Prices): Float32Array<ArrayBuffer> {
  const kernels = instantiateKernels(kernelModule());
  const kernel = kernelOf(id);
  const bars = prices.close.length;
  const columnBytes = bytesOfColumn(bars);
  const { at, end } = planArena({
    ...priceRegions(columnBytes),
    target: columnBytes,
    scratch: kernel.scratch * columnBytes * 2,
  });
  reserveMemory(kernels.memory, end);
  const { target, scratch } = at;
  const column = priceColumns(kernels, { prices, at });
  const compute = outputKernel(id, output);
  compute(kernels, values, { column, target, scratch, bars });
  return new Float32Array(kernels.memory.buffer, target, bars).slice();
}
