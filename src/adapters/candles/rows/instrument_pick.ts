import { shown } from "../../../core/text/mod.ts";
import { refusal } from "./candle_refusal.ts";

const shownMax = 30;
const heldMax = 1000;

/** Takes the rows of one instrument from a file that may hold several. */
export class InstrumentPick {
  readonly #pick: string | null;
  readonly #names = new Set<string>();
  #taken: string | null = null;

  constructor(pick: string | undefined) {
    this.#pick = pick?.trim() ?? null;
  }

  /** Instruments seen so far, as many as are held. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Whether a row of this instrument is to be taken; rows behind a second instrument are not. */
  takes(name: string): boolean {
    if (this.#names.size < heldMax) this.#names.add(name);
    if (this.#pick !== null) return name.toLowerCase() === this.#pick.toLowerCase();
    this.#taken ??= name;
    return this.#names.size === 1;
  }

  /** After the last row. Throws a `validation_error` that lists the instruments where one must be picked. */
  end(label: string): void {
    if (this.#names.size === 0) return;
    const names = this.names.toSorted();
    const list = names.slice(0, shownMax).join(", ") + (names.length > shownMax ? ", ..." : "");
    if (this.#pick === null) {
      if (names.length === 1) return;
      throw refusal({ label }, `it holds ${names.length} instruments: ${list}; --pick NAME takes one`);
    }
    if (names.some((name) => this.takes(name))) return;
    throw refusal(
      { label },
      `--pick ${shown(this.#pick)}: there is no such instrument in it; it holds ${list}`,
    );
  }
}
