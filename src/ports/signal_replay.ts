import type {
  DirectionMode,
  ExecutionSettings,
  Replay,
  RiskSettings,
  SizingMode,
} from "../core/execution/mod.ts";
import type { SideMasks } from "../core/run/mod.ts";

/** What is traded, and with what. */
export interface SignalReplayInput {
  /** One close per bar; NaN where there is none. */
  readonly close: Float32Array;
  /** A signal per bar. */
  readonly sides: SideMasks;
  readonly directionMode: DirectionMode;
  readonly sizingMode: SizingMode;
  readonly execution: ExecutionSettings;
  readonly risk: RiskSettings;
  /** What bars of the trades count from. */
  readonly firstBar: number;
}

/** A bar at which nothing can be bought or sold, counted as those of trades are. */
export interface UnfilledBar {
  readonly badBar: number;
}

/** Trades given signals exactly as a sweep trades those of a variant. */
export interface SignalReplay {
  /** The trades, the last of which is closed on the last bar; or the first bar at which an order cannot be filled. */
  replay(input: SignalReplayInput): Replay | UnfilledBar;
}
