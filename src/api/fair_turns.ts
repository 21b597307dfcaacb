import type { Queue, QueueAddOptions } from "p-queue";

/** Whose work something is. */
export interface TurnOptions extends QueueAddOptions {
  readonly userId: string;
}

type Work = () => Promise<unknown>;

interface Waiting {
  readonly userId: string;
  readonly id: string | undefined;
  readonly work: Work;
}

/**
 * Work that waits, given out to its owners in turn: next is the owner whose last turn was the longest ago, and of his
 * work the oldest. So one who sends much waits behind himself, not everyone behind him. A queue as `p-queue` takes it.
 */
export class FairTurns implements Queue<Work, TurnOptions> {
  #waiting: Waiting[] = [];
  /** Owners who wait or have had a turn lately, with the number of their last turn. */
  readonly #lastTurns = new Map<string, number>();
  #turns = 0;

  get size(): number {
    return this.#waiting.length;
  }

  enqueue(work: Work, options: Partial<TurnOptions> = {}): void {
    this.#waiting.push({ work, userId: options.userId ?? "", id: options.id });
  }

  dequeue(): Work | undefined {
    const lastTurn = ({ userId }: Waiting) => this.#lastTurns.get(userId) ?? -1;
    const next = this.#waiting.reduce<Waiting | undefined>(
      (best, waiting) => best === undefined || lastTurn(waiting) < lastTurn(best) ? waiting : best,
      undefined,
    );
    if (next === undefined) return undefined;
    this.remove(next.work);
    // the newest at the end, the oldest forgotten
    this.#lastTurns.delete(next.userId);
    this.#lastTurns.set(next.userId, ++this.#turns);
    if (this.#lastTurns.size > rememberedMax) this.#lastTurns.delete(this.#lastTurns.keys().next().value!);
    return next.work;
  }

  /** The work of an owner. */
  filter(options: Readonly<Partial<TurnOptions>>): Work[] {
    return this.#waiting.filter(({ userId }) => userId === options.userId).map(({ work }) => work);
  }

  /** There are no priorities here. */
  setPriority(): void {}

  /** Takes work back, named by itself or by the id it came with. */
  remove(workOrId: Work | string): void {
    this.#waiting = this.#waiting.filter(({ work, id }) => work !== workOrId && id !== workOrId);
  }
}

/** Owners whose last turn is remembered. */
const rememberedMax = 1000;
