import assert from "node:assert/strict";
import fc from "fast-check";
import { SIDE_LONG, SIDE_SHORT } from "../../assembly/layout.ts";
import { kernelBench } from "../helpers/series.ts";
import { type SideEvents, statesOf } from "../oracle/expressions/state.ts";

const bench = kernelBench();

/** Bits in runs, so that states last over words; or a few alone, so that many words have none. */
const bits = (bars: number) =>
  fc.oneof(
    fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 90 })), { minLength: 1, maxLength: 60 }).map((
      runs,
    ) =>
      Array.from({ length: Math.ceil(bars / runs.length) }, () => runs).flat()
        .flatMap(([set, length]) => Array<boolean>(length).fill(set)).slice(0, bars)
    ),
    fc.array(fc.integer({ min: 0, max: bars - 1 }), { maxLength: 4 }).map((set) => {
      const few = Array<boolean>(bars).fill(false);
      for (const bar of set) few[bar] = true;
      return few;
    }),
  );

const strategy = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 600, max: 2500 })).chain((
  bars,
) =>
  fc.record({
    bars: fc.constant(bars),
    longEnter: fc.option(bits(bars)),
    longExit: fc.option(bits(bars)),
    shortEnter: fc.option(bits(bars)),
    shortExit: fc.option(bits(bars)),
    start: fc.integer({ min: 0, max: bars }),
    sides: fc.constantFrom(SIDE_LONG, SIDE_SHORT, SIDE_LONG | SIDE_SHORT),
  })
);

Deno.test("ruleSignal() has the states of a machine that walks every bar, from any bar on", () => {
  fc.assert(
    fc.property(strategy, ({ bars, longEnter, longExit, shortEnter, shortExit, start, sides }) => {
      const all = Array.from({ length: bars }, (_, t) => t);
      const side = (enter: readonly boolean[] | null, exit: readonly boolean[] | null) => {
        const exits = all.map((t) => enter !== null && (exit === null ? !enter[t] : exit[t]!));
        return { enters: all.map((t) => (enter?.[t] ?? false) && !exits[t]), exits };
      };
      const [long, short] = [side(longEnter, longExit), side(shortEnter, shortExit)];
      const events: SideEvents = {
        L: long.enters,
        S: short.enters,
        leaveLong: all.map((t) => long.exits[t]! || short.enters[t]!),
        leaveShort: all.map((t) => short.exits[t]! || long.enters[t]!),
      };
      const expected = statesOf(events, { start, stop: bars });
      bench.clear();
      const words = Math.ceil(bars / 64) + 1;
      const mask = (set: readonly boolean[] | null) => {
        if (set === null) return 0;
        const address = bench.room(8 * words);
        // what lies behind the last bar must not matter
        const view = new BigUint64Array(bench.kernels.memory.buffer, address, words).fill(~0n);
        set.forEach((isSet, t) => {
          if (!isSet) view[t >> 6] = view[t >> 6]! & ~(1n << BigInt(t & 63));
        });
        return address;
      };
      const exitOf = (enter: readonly boolean[] | null, exit: readonly boolean[] | null) =>
        enter === null ? 0 : mask(exit);
      const given = [
        mask(longEnter),
        exitOf(longEnter, longExit),
        mask(shortEnter),
        exitOf(shortEnter, shortExit),
      ] as const;
      const [longMask, shortMask] = [bench.room(8 * words), bench.room(8 * words)];
      bench.kernels.ruleSignal(...given, start, bars - start, sides, longMask, shortMask);
      const sliceWords = Math.ceil((bars - start) / 64);
      const barsOf = (state: string) => expected.flatMap((value, t) => value === state ? [t] : []);
      const allowed = (side: number, state: string) => (sides & side) !== 0 ? barsOf(state) : [];
      assert.deepEqual(bench.readMask(longMask, sliceWords), allowed(SIDE_LONG, "L"));
      assert.deepEqual(bench.readMask(shortMask, sliceWords), allowed(SIDE_SHORT, "S"));
    }),
    { numRuns: 2000 },
  );
});
