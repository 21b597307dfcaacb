import assert from "node:assert/strict";
import fc from "fast-check";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { scorePlanes } from "../../src/adapters/wasm/plane_scores.ts";
import { Session } from "../../src/adapters/wasm/session.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import type { VariantScorer } from "../../src/adapters/wasm/variant_scorer.ts";
import { randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";

/** Planes given by their exact scores; estimates are off by up to the tolerance, and untrusted where null. */
function scorer(planes: readonly (readonly number[])[], errors: readonly (number | null)[]) {
  const exact: number[] = [];
  const exactCells: number[][] = [];
  let filled: Float64Array = new Float64Array(0);
  const put = (scores: Float64Array, position: number, values: readonly number[]) =>
    scores.set(values, position);
  const fake: VariantScorer = {
    scoreBases: () => assert.fail("no base is scored here"),
    estimatePlane(base, { columns, position }) {
      const error = errors[base]!;
      if (error === null) return false;
      const off = (score: number) => score + error * 0.99e-7 * Math.max(1, 1 + score / 100);
      put(columns.scores, position, planes[base]!.map(off));
      filled = columns.scores;
      return true;
    },
    scorePlane(base, { columns, position }) {
      exact.push(base);
      put(columns.scores, position, planes[base]!);
    },
    scoreCells(base, cells, { columns, position }) {
      exactCells.push([base, ...cells]);
      for (const cell of cells) columns.scores[position + cell] = planes[base]![cell]!;
    },
    nthBest: (count, nth) => filled.slice(0, count).sort()[count - nth]!,
  };
  return { fake, exact, exactCells };
}

// few different values, so that ties at the boundary are the rule
const score = fc.integer({ min: -20, max: 60 }).map((n) => n / 4);
const caseArbitrary = fc.record({
  bases: fc.integer({ min: 1, max: 12 }),
  cells: fc.integer({ min: 1, max: 6 }),
})
  .chain(({ bases, cells }) =>
    fc.record({
      planes: fc.array(fc.array(score, { minLength: cells, maxLength: cells }), {
        minLength: bases,
        maxLength: bases,
      }),
      errors: fc.array(fc.constantFrom(-1, -0.5, 0, 0.5, 1, null), { minLength: bases, maxLength: bases }),
      keep: fc.integer({ min: 1, max: 20 }),
      floor: fc.oneof(fc.constant(-Infinity), score),
    })
  );

Deno.test("scorePlanes() selects the same cells with the same bits as exact scoring", () => {
  fc.assert(
    fc.property(caseArbitrary, ({ planes, errors, keep, floor }) => {
      const cells = planes[0]!.length;
      const scores = new Float64Array(planes.length * cells);
      const columns = { scores, primary: scores, secondary: null, returns: scores };
      const { fake } = scorer(planes, errors);
      scorePlanes(planes.map((_, base) => base), {
        scorer: fake,
        columns,
        cells,
        selection: { keep, floor },
      });
      const selected = (values: readonly number[]) => {
        const kth = values.toSorted((a, b) => b - a)[Math.min(keep, values.length) - 1]!;
        return values.flatMap((value, i) => value >= Math.max(floor, kth) ? [[i, value]] : []);
      };
      assert.deepEqual(selected([...scores]), selected(planes.flat()));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("scorePlanes() scores exactly only the cells that can matter", () => {
  const planes = [[5, 1], [4, 1], [9, 2], [1, 1]];
  const { fake, exact, exactCells } = scorer(planes, [0, 0, 0, 0]);
  const scores = new Float64Array(8);
  const columns = { scores, primary: scores, secondary: null, returns: scores };
  scorePlanes([0, 1, 2, 3], { scorer: fake, columns, cells: 2, selection: { keep: 2, floor: -Infinity } });
  assert.deepEqual([exact, exactCells], [[], [[0, 0], [2, 0]]]);
  assert.deepEqual([...scores.subarray(4, 6)], [9, -Infinity]);
});

Deno.test("a session selects of planes what it selects of all their cells, exactly scored", () => {
  const levels = [null, 0.5, 1, 2, 3, 5] as const;
  const sketch = {
    candles: randomWalk(900, 5),
    slice: { start: 100, stop: 900 },
    indicators: [{ id: "ma.sma", axes: { source: ["close"], window: [3, 5, 8, 13, 21, 34] } }],
    sl: levels,
    tp: [...levels].reverse(),
  } as const;
  const session = new Session(instantiateKernels(kernelModule()), sessionInput(sweepInput(sketch)));
  const bases = [5, 0, 3, 1, 2, 4];
  const everything = session.scoreRisk(bases, { keep: 1000, floor: -Infinity });
  const best = [...everything.scores].sort((a, b) => b - a);
  for (const keep of [1, 2, 7, 30, 100]) {
    for (const floor of [-Infinity, best[3]!, best[40]!, best[0]! + 1]) {
      const least = Math.max(floor, best[keep - 1]!);
      const wanted = [...everything.indexes].flatMap((index, i) =>
        everything.scores[i]! >= least ? [[index, everything.scores[i]]] : []
      );
      const { indexes, scores } = session.scoreRisk(bases, { keep, floor });
      assert.deepEqual(
        [...indexes].map((index, i) => [index, scores[i]]).sort(byIndex),
        wanted.sort(byIndex),
      );
    }
  }
});

function byIndex([a]: readonly (number | undefined)[], [b]: readonly (number | undefined)[]): number {
  return a! - b!;
}
