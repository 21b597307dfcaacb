import { ARENA_BASE } from "../../assembly/layout.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { planMasks } from "../../src/adapters/wasm/mask_plan.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import { loadSession, sessionSizes } from "../../src/adapters/wasm/session_memory.ts";
import { planeInput } from "../bench/workloads.ts";
import { type Box, type Label, svg } from "./svg.ts";

/** Part of a session's memory. */
export interface Region {
  readonly name: string;
  readonly at: number;
  readonly bytes: number;
}

/** The regions of the session of the `plane` benchmark, a year of minutes, as a session really lays them out. */
export function sessionRegions(): Region[] {
  const kernels = instantiateKernels(kernelModule());
  const input = sessionInput(planeInput("full"));
  const { at, end } = loadSession(kernels, { input, sizes: sessionSizes(input, planMasks(input.plan)) });
  const names = Object.keys(at) as (keyof typeof at)[];
  const regions = names.map((name, i) => {
    const next = names[i + 1];
    return { name, at: at[name], bytes: (next === undefined ? end : at[next]) - at[name] };
  });
  return [{ name: "module", at: 0, bytes: ARENA_BASE }, ...regions];
}

const bar = { x: 10, width: 150, y: 40, height: 640 };
/** Regions of fewer bytes have a line of their own in the list, but none in the bar. */
const visibleShare = 0.004;

/** The regions to scale, with a list of all of them. */
export function memoryMapDrawing(): string {
  const regions = sessionRegions();
  const end = regions[regions.length - 1]!.at + regions[regions.length - 1]!.bytes;
  const scale = bar.height / end;
  const boxes = regions.filter(({ bytes }) => bytes > visibleShare * end).map((
    { name, at, bytes },
    i,
  ): Box => ({
    x: bar.x,
    y: round(bar.y + at * scale),
    width: bar.width,
    height: round(bytes * scale),
    fill: i % 2 === 0 ? "#cfe0f3" : "#e9d8ee",
    label: bytes * scale > 14 ? name : "",
  }));
  const labels: Label[] = [
    {
      x: 10,
      y: 22,
      text: `525,600 bars with 2,000 of warm-up, 400 risk cells: ${end.toLocaleString("en-US")} bytes`,
    },
    ...regions.flatMap(({ name, at, bytes }, i): Label[] => {
      const y = bar.y + 14 + i * 22;
      return [
        { x: 190, y, text: name },
        { x: 400, y, text: at.toLocaleString("en-US"), anchor: "end" },
        { x: 500, y, text: bytes.toLocaleString("en-US"), anchor: "end" },
      ];
    }),
    { x: 400, y: bar.y - 4, text: "first byte", anchor: "end" },
    { x: 500, y: bar.y - 4, text: "bytes", anchor: "end" },
  ];
  const height = Math.max(bar.y + bar.height, bar.y + 22 * regions.length) + 20;
  return svg({ width: 520, height, title: "Memory of a session, to scale" }, { boxes, labels });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
