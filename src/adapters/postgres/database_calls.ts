import { BacktestError } from "../../core/errors/mod.ts";
import type { DatabaseErrorKind, DatabaseUsage } from "../../ports/database_usage.ts";
import { databaseErrorKind } from "./database_error_kind.ts";

/**
 * Counts the calls of ports over one pool. A call of a port takes one connection at a time, which the driver does not
 * tell by itself.
 */
export class DatabaseCalls implements DatabaseUsage {
  readonly connectionsMax: number;
  readonly #errors = new Map<DatabaseErrorKind, number>();
  #underWay = 0;

  constructor({ connectionsMax }: { readonly connectionsMax: number }) {
    this.connectionsMax = connectionsMax;
  }

  get callsUnderWay(): number {
    return this.#underWay;
  }

  errors(kind: DatabaseErrorKind): number {
    return this.#errors.get(kind) ?? 0;
  }

  /** The same port, each method of which is counted. */
  watch<Port extends object>(port: Port): Port {
    const watched = Object.entries(port).map(([name, method]) => [
      name,
      (...args: readonly unknown[]) => this.#during(() => method.apply(port, args)),
    ]);
    return Object.fromEntries(watched);
  }

  async #during<T>(call: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await call();
    } catch (error) {
      if (error instanceof BacktestError && error.code === "storage_unavailable") {
        const kind = databaseErrorKind(error);
        this.#errors.set(kind, this.errors(kind) + 1);
      }
      throw error;
    } finally {
      this.#underWay--;
    }
  }
}
