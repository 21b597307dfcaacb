import { kernelRun, type RunCase } from "../../tests/helpers/kernel_run.ts";
import { kernelBench } from "../../tests/helpers/series.ts";
import { type Box, type Label, svg } from "./svg.ts";

/** The one trade that docs/kernels.md explains the risk plane with. */
export const planeExample: RunCase = {
  close: [100, 101.2, 98.8, 103.5, 97.5, 99],
  signals: ["L", "L", "L", "L", "L", "N"],
  account: {
    directionMode: "long-only",
    sizingMode: "all_in",
    execution: {
      init_cash_quote: 1000,
      fixed_quote: 0,
      safe_profit_percent: 0,
      fee_pct: 0,
      slippage_pct: 0,
    },
  },
  stops: [1, 2, 3],
  targets: [1, 2, 3, 4],
};

/** Bar at which the replay closes the example's trade, row by row: stops outside, targets inside. */
export function planeExits(): number[][] {
  const run = kernelRun(kernelBench());
  const { stops, targets } = planeExample;
  return stops.map((sl) =>
    targets.map((tp) => run.replay(planeExample, { sl, tp }).trades[0]!.exit_bar_index)
  );
}

const cell = { width: 86, height: 40 };
const origin = { x: 100, y: 60 };
const fills = ["#fff", "#bfe3c0", "#f6c7b6", "#9fd0d8", "#f0dca0", "#ddd"];

/** The example's plane: every cell coloured by the bar it leaves at. */
export function riskPlaneDrawing(): string {
  const { close, stops, targets } = planeExample;
  const exits = planeExits();
  const boxes = exits.flatMap((row, i) =>
    row.map((bar, j): Box => ({
      x: origin.x + j * cell.width,
      y: origin.y + i * cell.height,
      ...cell,
      fill: fills[bar]!,
      label: `bar ${bar}`,
    }))
  );
  const labels: Label[] = [
    {
      x: origin.x,
      y: 20,
      text: `Long at 100. Closes of bars 1 to 5: ${close.slice(1).join(", ")}. The signal ends at bar 5.`,
    },
    ...targets.map((tp, j): Label => ({
      x: origin.x + (j + 0.5) * cell.width,
      y: origin.y - 8,
      text: `target ${tp} %`,
      anchor: "middle",
    })),
    ...stops.map((sl, i): Label => ({
      x: origin.x - 10,
      y: origin.y + (i + 0.5) * cell.height + 4,
      text: `stop ${sl} %`,
      anchor: "end",
    })),
  ];
  const size = { width: 480, height: origin.y + stops.length * cell.height + 20 };
  return svg({ ...size, title: "Bar at which every cell of a risk plane leaves one trade" }, {
    boxes,
    labels,
  });
}
