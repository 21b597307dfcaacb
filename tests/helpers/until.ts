const turnsMax = 10_000;

/** Gives the event loop turns until the condition holds; rejects when it never does. Not a sleep: no time is waited for. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  throw new Error(`Cannot wait any longer: the condition did not hold within ${turnsMax} turns`);
}
