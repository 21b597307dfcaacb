import type { SeriesKernel, SeriesKernels, SeriesPlace } from "./series_kernel.ts";

/** Kernels of the `volume.*` family. */
export const volumeKernels: SeriesKernels<"volume"> = {
  "volume.ad_line": {
    scratch: 0,
    compute: (kernels, _values, place) =>
      kernels.accumulationLine(...barsOf(place), place.target, place.bars),
  },
  "volume.cmf": barKernel("chaikinMoneyFlow", 5),
  "volume.mfi": barKernel("moneyFlowIndex", 5),
  "volume.obv": {
    scratch: 0,
    compute: (kernels, _values, { column, target, bars }) =>
      kernels.onBalanceVolume(column("close"), column("volume"), target, bars),
  },
  "volume.volume_sma": {
    scratch: 1,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels.sma(column("volume"), target, scratch, bars, Number(values.window)),
  },
  "volume.vwap": barKernel("vwap", 5),
  "volume.vwap_deviation": {
    scratch: 5,
    compute: deviationBand({ times: 1 }),
    otherOutputs: { lower: deviationBand({ times: -1 }) },
  },
};

/** The band above the average, or with `times` -1 the one below. */
function deviationBand({ times }: { readonly times: 1 | -1 }): SeriesKernel["compute"] {
  return (kernels, values, place) => {
    const [window, multiplier] = [Number(values.window), times * Number(values.mult)];
    kernels.vwapDeviation(...barsOf(place), place.target, place.scratch, place.bars, window, multiplier);
  };
}

/** A kernel that reads high, low, close and volume and has one window; `scratch` in f64 series. */
function barKernel(name: "chaikinMoneyFlow" | "moneyFlowIndex" | "vwap", scratch: number): SeriesKernel {
  return {
    scratch,
    compute: (kernels, values, place) =>
      kernels[name](...barsOf(place), place.target, place.scratch, place.bars, Number(values.window)),
  };
}

function barsOf({ column }: SeriesPlace): [high: number, low: number, close: number, volume: number] {
  return [column("high"), column("low"), column("close"), column("volume")];
}
