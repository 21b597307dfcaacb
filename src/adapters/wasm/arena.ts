import { ARENA_BASE } from "../../../assembly/layout.ts";
import { BacktestError } from "../../core/errors/mod.ts";

/** Where each named region of a session lies in the module's memory. */
export interface Arena<Name extends string> {
  /** First byte of each region, a multiple of 16. */
  readonly at: Readonly<Record<Name, number>>;
  /** First byte behind the last region. */
  readonly end: number;
}

const pageBytes = 65_536;

/** Most bytes an instance of the module can address. */
const moduleBytesMax = 2 ** 32;

/** Puts regions of the given byte sizes one behind the other. */
export function planArena<Name extends string>(sizes: Readonly<Record<Name, number>>): Arena<Name> {
  let end = ARENA_BASE;
  const at = {} as Record<Name, number>;
  for (const name of Object.keys(sizes) as Name[]) {
    at[name] = end;
    end += align(sizes[name]);
  }
  return { at, end };
}

/**
 * Makes the first `bytes` of the memory usable; never shrinks it. Views made before are dead afterwards. Throws
 * `validation_error` for more than an instance can ever have, `backtest_job_runner_failed` when the system refuses.
 */
export function reserveMemory(memory: WebAssembly.Memory, bytes: number): void {
  // also what is no number at all
  if (!(bytes <= moduleBytesMax)) throw beyondModule(bytes);
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / pageBytes);
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw new BacktestError("backtest_job_runner_failed", `Cannot reserve ${bytes} bytes of compute memory`, {
      details: { bytes },
      cause,
    });
  }
}

function beyondModule(bytes: number): BacktestError {
  const message = `Cannot compute: a thread would need ${bytes} bytes, the compute module has at most ` +
    `${moduleBytesMax}; a shorter time range, a longer timeframe or fewer stops and targets need less`;
  return new BacktestError("validation_error", message, {
    details: {
      error: "max_module_bytes_exceeded",
      estimated_thread_bytes: bytes,
      max_module_bytes: moduleBytesMax,
    },
  });
}

/** Rounded up to a multiple of 16, so that SIMD reads and writes are aligned. */
export function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
