import assert from "node:assert/strict";
import type { NewStrategy, Strategy, StrategyCursor } from "../../src/core/strategy/mod.ts";
import type { StrategyPage, StrategyRepository } from "../../src/ports/strategy_repository.ts";
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
  /** Set when a server in this process starts timers of its own, which a leak check would blame on a test. */
  readonly ownTimers?: boolean;
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
    Deno.test({
      name: `${name} [${factory.name}]`,
      ...(factory.ownTimers && { sanitizeOps: false, sanitizeResources: false }),
      async fn() {
        const store = await factory.open();
        try {
          await run(store);
        } finally {
          await store.close();
        }
      },
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
    assert.deepEqual((await strategies.listForUser({ userId, limit: 9 })).items, []);
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
    assert.equal((await strategies.listForUser({ userId, limit: 9 })).items.length, 2);
  });

  test("S004-21 strategies.listForUser() gives a user's own, newest first", async (store) => {
    const { strategies } = store;
    for (const n of [2, 1, 3]) {
      await strategies.create(newStrategy(n), { max: 9 });
      await store.tick();
    }
    await strategies.create(newStrategy(4, { userId: strangerId }), { max: 9 });
    const ids = async (owner: string) =>
      (await strategies.listForUser({ userId: owner, limit: 9 })).items.map(({ strategyId }) => strategyId);
    assert.deepEqual(await ids(userId), [3, 1, 2].map(jobIdOf));
    assert.deepEqual(await ids(strangerId), [jobIdOf(4)]);
  });

  test("strategies.listForUser() page by page equals one big page, equal times in the order of ids", async (store) => {
    const { strategies } = store;
    for (let n = 1; n <= 7; n++) {
      await strategies.create(newStrategy(n), { max: 9 });
      if (n % 3 === 0) await store.tick();
    }
    await strategies.create(newStrategy(8, { userId: strangerId }), { max: 9 });
    const whole = await strategies.listForUser({ userId, limit: 250 });
    assert.equal(whole.nextCursor, null);
    assert.equal(whole.items.length, 7);
    for (const limit of [1, 2, 3, 7]) {
      const found: Strategy[] = [];
      let cursor: StrategyCursor | null = null;
      for (let pages = 0; pages === 0 || cursor !== null; pages++) {
        const page: StrategyPage = await strategies.listForUser({ userId, limit, ...(cursor && { cursor }) });
        assert.ok(page.items.length === limit || page.nextCursor === null);
        assert.ok(pages < 7, "the pages do not end");
        found.push(...page.items);
        cursor = page.nextCursor;
      }
      assert.deepEqual(found, whole.items);
    }
  });

  test("strategies.listForUser() goes on behind a strategy that is gone, and refuses other limits", async (store) => {
    const { strategies } = store;
    for (const n of [1, 2, 3]) {
      await strategies.create(newStrategy(n), { max: 9 });
      await store.tick();
    }
    const { nextCursor } = await strategies.listForUser({ userId, limit: 2 });
    assert.equal(nextCursor?.strategyId, jobIdOf(2));
    await strategies.delete({ strategyId: jobIdOf(2), userId });
    const rest = await strategies.listForUser({ userId, limit: 2, cursor: nextCursor });
    assert.deepEqual(rest.items.map(({ strategyId }) => strategyId), [jobIdOf(1)]);
    for (const limit of [0, 251, 1.5]) {
      await assert.rejects(strategies.listForUser({ userId, limit }), TypeError);
    }
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
