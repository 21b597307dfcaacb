/** What must not outlive this process, however it ends, but by SIGKILL: mounts, network namespaces, other processes. */
const undoings = new Set<() => void>();

/** Notes what undoes something. It is done when the answer is disposed of, or at the end of the process. */
export function undoneAtTheEnd(undo: () => void): AsyncDisposable {
  undoings.add(undo);
  return {
    [Symbol.asyncDispose]() {
      if (undoings.delete(undo)) undo();
      return Promise.resolve();
    },
  };
}

/** Undoes all of it at a signal, and exits. */
export function undoAtSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      for (const undo of [...undoings].reverse()) {
        try {
          undo();
        } catch (error) {
          console.error(error);
        }
      }
      Deno.exit(1);
    });
  }
}
