/** When something dies: with its call number `at`, before the call does anything or after it has. */
export interface Death {
  readonly at: number;
  readonly when: "before" | "after";
}

/** Counts the calls of one process, and stops it dead in one of them. */
export class Mortal {
  readonly #death: Death;
  #calls = 0;
  /** The name of the call it died in. */
  diedIn: string | null = null;

  constructor(death: Death) {
    this.#death = death;
  }

  get calls(): number {
    return this.#calls;
  }

  /** The same port for as long as it lives; from its death on no call does anything, or ends. */
  port<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const member = Reflect.get(target, name, receiver);
        if (typeof member !== "function") return member;
        return (...given: unknown[]) => this.#call(String(name), () => member.apply(target, given));
      },
    });
  }

  #call(name: string, call: () => unknown): unknown {
    if (this.diedIn !== null) return new Promise(() => {});
    const dies = ++this.#calls === this.#death.at;
    if (!dies) return call();
    this.diedIn = name;
    if (this.#death.when === "after") void Promise.resolve(call()).catch(() => {});
    return new Promise(() => {});
  }
}
