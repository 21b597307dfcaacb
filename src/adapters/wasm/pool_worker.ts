import { type Answers, type FromThread, postedError, type Request, type ToThread } from "./messages.ts";
import { createInstances, type Instances, ResidentSession } from "./resident_session.ts";

// A thread of the pool. Nothing here waits, and `onmessage` is set while the module loads: messages that arrive before
// it is set are lost.

interface ThreadScope {
  onmessage: (event: MessageEvent<ToThread>) => void;
  postMessage(message: FromThread, transfer: Transferable[]): void;
}

const thread = self as unknown as ThreadScope;
const sessions = new Map<number, ResidentSession>();
let instances: Instances;

thread.onmessage = ({ data }) => {
  if (data.kind === "module") {
    instances = createInstances(data.module);
    return;
  }
  const { call, request } = data;
  try {
    const answer = answerTo(request);
    thread.postMessage({ call, memoryBytes: memoryBytes(), answer }, buffersOf(answer));
  } catch (error) {
    thread.postMessage({ call, memoryBytes: memoryBytes(), error: postedError(error) }, []);
  }
};

function memoryBytes(): number {
  let bytes = instances.spareBytes;
  for (const session of sessions.values()) bytes += session.memoryBytes;
  return bytes;
}

function answerTo(request: Request): Answers[keyof Answers] {
  switch (request.kind) {
    case "open":
      sessions.set(request.session, new ResidentSession(instances, request.input));
      return null;
    case "close":
      sessions.get(request.session)?.[Symbol.dispose]();
      sessions.delete(request.session);
      return null;
    case "score_base":
      return resident(request).run((session) => session.scoreBase(request.range, request.selection));
    case "score_risk":
      return resident(request).run((session) => session.scoreRisk(request.bases, request.selection));
    case "replay":
      return resident(request).run((session) => session.replay(request.variant));
    case "digest_trades":
      return resident(request).run((session) => session.digestTrades(request.variants));
    case "report":
      return resident(request).run((session) => session.report(request.variant, request.wish));
  }
}

function resident({ session }: Request): ResidentSession {
  const found = sessions.get(session);
  if (found === undefined) throw new Error(`session ${session} is not open in this thread`);
  return found;
}

function buffersOf(answer: Answers[keyof Answers]): Transferable[] {
  if (answer === null || !("indexes" in answer)) return [];
  const { indexes, scores, secondary, returns } = answer;
  // a buffer may be shared by two columns but must be listed once
  return [...new Set([indexes, scores, returns, secondary ?? scores].map(({ buffer }) => buffer))];
}
