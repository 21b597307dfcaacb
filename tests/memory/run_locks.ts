/** Stands for locks on rows: who comes later waits until those before are done. */
export interface RunLocks {
  locked<T>(name: string, work: () => T | Promise<T>): Promise<T>;
}

/** Locks that nobody holds. */
export function createRunLocks(): RunLocks {
  const last = new Map<string, Promise<unknown>>();
  return {
    async locked(name, work) {
      const before = last.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      last.set(name, mine);
      try {
        return await mine;
      } finally {
        if (last.get(name) === mine) last.delete(name);
      }
    },
  };
}
