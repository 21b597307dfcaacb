import type { Clock } from "../ports/clock.ts";

/** What one waits at. Who rings while nobody waits is remembered, so nothing that came during a look is lost. */
export class Bell {
  readonly #clock: Pick<Clock, "sleep">;
  #rung = false;
  #awake = new AbortController();

  constructor(clock: Pick<Clock, "sleep">) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#awake.abort();
  }

  /** Resolves when it rings, after `ms`, or when `stop` aborts; tells whether it rang. */
  async wait(ms: number, stop: AbortSignal): Promise<boolean> {
    if (!this.#rung) {
      this.#awake = new AbortController();
      await this.#clock.sleep(ms, AbortSignal.any([this.#awake.signal, stop]));
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}
