import assert from "node:assert/strict";
import type { NewStrategy } from "../../src/core/strategy.ts";
import type { StrategyRepository } from "../../src/ports/strategy_repository.ts";
import { jobIdOf, strangerId, userId } from "./job_stores.ts";

/** A store of strategies, empty at the start of every test. */
export interface StrategyStore {
  readonly strategies: StrategyRepository;
  /** Lets the store's clock reach the next millisecond. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

/** One adapter of the port. */
export interface StrategyStoreFactory {
  readonly name: string;
  open(): Promise<StrategyStore>;
}

/** The `n`-th test strategy; their ids sort as their numbers do. */
export function newStrategy(n: number, changes: Partial<NewStrategy> = {}): NewStrategy {
  const spec = { timeframe: "1h", signal_grids: {}, fees: [0.075, -1e-7, "é\n"], n };
  return { strategyId: jobIdOf(n), userId, name: `Strategy ${n} é`, spec, ...changes };
}

/** Registers what every `StrategyRepository` must do. */
export function testStrategyRepository(factory: StrategyStoreFactory): void {
  const test = (name: string, run: (store: StrategyStore) => Promise<void>) =>
    Deno.test(`${name} [${factory.name}]`, async () => {
      const store = await factory.open();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    });

  test("strategies.create() stores what get() gives back", async ({ strategies }) => {
    const { createdAtMs, ...rest } = await strategies.create(newStrategy(1), { max: 1 });
    assert.deepEqual(rest, newStrategy(1));
    assert.ok(Number.isInteger(createdAtMs));
    assert.deepEqual(await strategies.get(jobIdOf(1)), { ...rest, createdAtMs });
    assert.equal(await strategies.get(jobIdOf(2)), null);
  });

  test("strategies.create() refuses what cannot be stored", async ({ strategies }) => {
    const bad = [
      newStrategy(1, { strategyId: "strategy-1" }),
      newStrategy(1, { userId: "someone" }),
      newStrategy(1, { name: "" }),
      newStrategy(1, { name: " x" }),
      newStrategy(1, { name: "x".repeat(201) }),
      newStrategy(1, { spec: {} }),
    ];
    for (const strategy of bad) await assert.rejects(strategies.create(strategy, { max: 9 }), TypeError);
    await assert.rejects(strategies.create(newStrategy(1), { max: 0 }), TypeError);
    assert.deepEqual(await strategies.listForUser(userId), []);
  });

  test("strategies.create() refuses an id that is taken", async ({ strategies }) => {
    await strategies.create(newStrategy(1), { max: 9 });
    await assert.rejects(strategies.create(newStrategy(1, { name: "Other" }), { max: 9 }), {
      code: "storage_unavailable",
    });
    assert.equal((await strategies.get(jobIdOf(1)))?.name, "Strategy 1 é");
  });

  test("strategies.create() keeps to the quota of each user, parallel or not", async ({ strategies }) => {
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((n) => strategies.create(newStrategy(n), { max: 2 })),
    );
    const refused = outcomes.flatMap((outcome) => outcome.status === "rejected" ? [outcome.reason] : []);
    assert.equal(refused.length, 3);
    assert.equal(refused[0].message, "Saved strategies quota exceeded (max=2)");
    assert.deepEqual(refused[0].details.errors, [
      { path: "body", code: "quota_exceeded", message: "saved strategies limit reached (2/2)" },
    ]);
    await strategies.create(newStrategy(9, { userId: strangerId }), { max: 2 });
    assert.equal((await strategies.listForUser(userId)).length, 2);
  });

  test("S004-21 strategies.listForUser() gives a user's own, newest first", async (store) => {
    const { strategies } = store;
    for (const n of [2, 1, 3]) {
      await strategies.create(newStrategy(n), { max: 9 });
      await store.tick();
    }
    await strategies.create(newStrategy(4, { userId: strangerId }), { max: 9 });
    const ids = async (owner: string) =>
      (await strategies.listForUser(owner)).map(({ strategyId }) => strategyId);
    assert.deepEqual(await ids(userId), [3, 1, 2].map(jobIdOf));
    assert.deepEqual(await ids(strangerId), [jobIdOf(4)]);
  });

  test("strategies.delete() takes a user's own away, once", async ({ strategies }) => {
    await strategies.create(newStrategy(1), { max: 1 });
    const strategyId = jobIdOf(1);
    assert.equal(await strategies.delete({ strategyId, userId: strangerId }), false);
    assert.notEqual(await strategies.get(strategyId), null);
    assert.equal(await strategies.delete({ strategyId, userId }), true);
    assert.equal(await strategies.get(strategyId), null);
    assert.equal(await strategies.delete({ strategyId, userId }), false);
    await strategies.create(newStrategy(2), { max: 1 });
  });
}
