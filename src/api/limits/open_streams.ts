import { BacktestError } from "../../core/errors/mod.ts";

/** How many event streams may be open at the same time. */
export interface StreamLimits {
  readonly perUser: number;
  readonly total: number;
  /** When a caller who is refused should come back. */
  readonly retrySeconds: number;
  /** Is told how many are open, whenever that changes. */
  tell(total: number): void;
}

/** Counts open streams, so that neither one user nor all together can open them without end. */
export class OpenStreams {
  readonly #limits: StreamLimits;
  readonly #byUser = new Map<string, number>();
  #total = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /**
   * Returns what to call once, when the stream has ended. Throws `rate_limited` when the user has too many, `overloaded`
   * when all together have.
   */
  enter(userId: string): () => void {
    const { perUser, total, tell } = this.#limits;
    const mine = this.#byUser.get(userId) ?? 0;
    if (mine >= perUser) throw this.#tooMany("rate_limited", `${mine} of ${perUser} are open`);
    if (this.#total >= total) throw this.#tooMany("overloaded", `all ${total} are open`);
    tell(++this.#total);
    this.#byUser.set(userId, mine + 1);
    return () => {
      tell(--this.#total);
      const left = (this.#byUser.get(userId) ?? 1) - 1;
      if (left === 0) this.#byUser.delete(userId);
      else this.#byUser.set(userId, left);
    };
  }

  #tooMany(code: "rate_limited" | "overloaded", why: string): BacktestError {
    return new BacktestError(code, `Cannot open another event stream: ${why}`, {
      details: { retry_after_seconds: this.#limits.retrySeconds },
    });
  }
}
