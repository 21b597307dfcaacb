import { requireInteger, requireUuid } from "../job/mod.ts";
import { type NewRun, phasesOf, type RunEnd, type RunPhase } from "./run.ts";

const hashPattern = /^[0-9a-f]{64}$/;

/** Longest name of an agent or a model, in UTF-16 units. */
export const runNameLengthMax = 100;

/** What the id of a workspace, or the tag of an agent's session, has to be. */
export const tagPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws a TypeError unless a new run can be stored: ids, hash, names, and a workspace exactly with a scenario. */
export function requireNewRun(run: NewRun): void {
  requireUuid("run id", run.runId);
  requireUuid("user id", run.userId);
  requireHash("request hash", run.requestHash);
  requireTag("session tag", run.sessionTag);
  requireTag("workspace id", run.workspaceId);
  const refuse = (fact: string) => new TypeError(`Cannot store ${run.kind} run "${run.runId}": ${fact}`);
  if (Array.isArray(run.requestJson) || Object.keys(run.requestJson).length === 0) {
    throw refuse("its request is empty");
  }
  if ((run.kind === "scenario") !== (run.workspaceId !== null)) {
    throw refuse("a workspace belongs to scenarios, and each has one");
  }
  for (const name of [run.agentName, run.modelName]) {
    if ((name === null) !== (run.kind === "scenario")) {
      throw refuse("agent and model belong to all but scenarios");
    }
    if (name !== null && (name.trim() !== name || name === "" || name.length > runNameLengthMax)) {
      throw refuse(`"${name}" is no name of 1 to ${runNameLengthMax} characters without blanks around it`);
    }
  }
}

/** Throws a TypeError unless `holder` is a text without blanks around it. */
export function requireHolder(holder: string): void {
  if (holder === "" || holder !== holder.trim()) {
    throw new TypeError(`Cannot use holder "${holder}": blank, or blanks around it`);
  }
}

/** Throws a TypeError unless it is a phase that whoever works on a scenario goes on to. */
export function requireScenarioPhase(phase: RunPhase): void {
  if (!phasesOf.scenario.includes(phase)) throw new TypeError(`Cannot advance a run to "${phase}"`);
}

/** Throws a TypeError unless a run may end so. */
export function requireRunEnd(end: RunEnd): void {
  if (end.state === "succeeded" && Object.keys(end.result).length === 0) {
    throw new TypeError("Cannot end a run as succeeded: its result is empty");
  }
  if (end.state === "failed" && (!end.error.code.trim() || !end.error.message.trim())) {
    throw new TypeError("Cannot end a run as failed: error code or message is blank");
  }
}

/** Throws a TypeError unless the bars of a run can be stored. */
export function requireLoaded(
  { totalSteps, sliceBars, candlesHash }: {
    readonly totalSteps: number;
    readonly sliceBars: number;
    readonly candlesHash: string;
  },
): void {
  requireInteger(totalSteps, { name: "total steps" });
  requireInteger(sliceBars, { name: "bars of the slice", min: totalSteps });
  requireHash("candles hash", candlesHash);
}

function requireTag(name: string, tag: string | null): void {
  if (tag !== null && !tagPattern.test(tag)) {
    throw new TypeError(`Cannot use ${name} "${tag}": not 1 to 64 letters, digits, "_" or "-"`);
  }
}

function requireHash(name: string, value: string): void {
  if (!hashPattern.test(value)) {
    throw new TypeError(`Cannot use ${name} "${value}": not a lower-case hex SHA-256`);
  }
}
