import { BacktestError } from "../../src/core/errors/mod.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Chance } from "./chance.ts";

/** How bad the way to the database is. Probabilities per call. */
export interface Weather {
  requestLost: number;
  replyLost: number;
  delayed: number;
  /** Longest delay of a delayed request or reply. */
  delayMsMax: number;
  /** Until this time of the clock the database answers nobody. */
  downUntilMs: number;
}

/** A process that may be killed, or stopped for a while. */
export interface Process {
  readonly dead: boolean;
  /** Nothing the process does happens before this time. */
  readonly stoppedUntilMs: number;
}

/** What a call needs to go wrong. */
export interface LinkOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly weather: Readonly<Weather>;
  readonly process: Process;
}

/** A port as one process sees it: requests and replies get lost or come late, and a dead process hears nothing. */
export function faultyLink<T extends object>(port: T, options: LinkOptions): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) =>
        call(() => member.apply(target, args), { ...options, name: String(name) });
    },
  });
}

/** Waits while the process is stopped, and for ever when it is dead. */
export async function whileAble({ clock, process }: Pick<LinkOptions, "clock" | "process">): Promise<void> {
  while (process.stoppedUntilMs > clock.nowMs()) await clock.sleep(process.stoppedUntilMs - clock.nowMs());
  if (process.dead) await new Promise<never>(() => {});
}

async function call(
  send: () => Promise<unknown>,
  options: LinkOptions & { readonly name: string },
): Promise<unknown> {
  const { clock, chance, weather, name } = options;
  const travel = () =>
    clock.sleep(chance.happens(weather.delayed) ? chance.below(weather.delayMsMax) : chance.below(5));
  const refuse = () => {
    throw new BacktestError("storage_unavailable", `Cannot send ${name}: the connection is gone`);
  };
  await whileAble(options);
  await travel();
  if (chance.happens(weather.requestLost) || weather.downUntilMs > clock.nowMs()) return refuse();
  const answer = await send();
  await travel();
  await whileAble(options);
  if (chance.happens(weather.replyLost)) return refuse();
  return answer;
}
