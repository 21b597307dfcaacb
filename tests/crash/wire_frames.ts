/** One message of the Postgres wire protocol, with its type and length bytes. */
export interface WireFrame {
  /** One ASCII letter; empty for the startup message, which has no type. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const lengthBytes = 4;

/** Cuts a byte stream of the Postgres wire protocol (version 3) into messages. */
export class WireFrames {
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #typed: boolean;

  /** `startsTyped` is false for a client's stream, which begins with an untyped startup message. */
  constructor({ startsTyped }: { readonly startsTyped: boolean }) {
    this.#typed = startsTyped;
  }

  /** The messages completed by this chunk, in order; what is incomplete waits for the next one. */
  push(chunk: Uint8Array): readonly WireFrame[] {
    const joined = new Uint8Array(this.#rest.length + chunk.length);
    joined.set(this.#rest);
    joined.set(chunk, this.#rest.length);
    const frames: WireFrame[] = [];
    let from = 0;
    for (let end = this.#endOfFrame(joined, from); end !== null; end = this.#endOfFrame(joined, from)) {
      const type = this.#typed ? String.fromCharCode(joined[from]!) : "";
      frames.push({ type, bytes: joined.slice(from, end) });
      this.#typed = true;
      from = end;
    }
    this.#rest = joined.slice(from);
    return frames;
  }

  #endOfFrame(bytes: Uint8Array<ArrayBuffer>, from: number): number | null {
    const lengthAt = from + (this.#typed ? 1 : 0);
    if (bytes.length < lengthAt + lengthBytes) return null;
    // the length counts itself, not the type byte before it
    const end = lengthAt + new DataView(bytes.buffer).getInt32(lengthAt);
    return bytes.length < end ? null : end;
  }
}

/** The zero-terminated texts a message begins with, at most `count` of them. */
export function frameTexts(frame: WireFrame, count: number): readonly string[] {
  const texts: string[] = [];
  let from = 1 + lengthBytes;
  for (let i = 0; i < count; i++) {
    const end = frame.bytes.indexOf(0, from);
    if (end < 0) break;
    texts.push(new TextDecoder().decode(frame.bytes.subarray(from, end)));
    from = end + 1;
  }
  return texts;
}

/** Whether a ReadyForQuery message says that a transaction is open. */
export function inTransaction(frame: WireFrame): boolean {
  return frame.type === "Z" && String.fromCharCode(frame.bytes[1 + lengthBytes]!) !== "I";
}
