import { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** What the driver listens to a socket with. */
type Listener = (...values: never[]) => void;

/**
 * Stands between a socket and postgres.js 3.4.9, for what that has no hook for and what it gets wrong.
 *
 * It makes a connection run `statements` before the driver's first one: when the server says for the first time that it is
 * ready, they are sent, and the driver hears of the readiness when they are done. A refusal reaches the driver as one of the
 * start itself. Sending the settings with the start, which the driver can, is what pgbouncer refuses.
 *
 * It ends a result that a connection dies in: the driver would go on counting rows from there, and the first result of the next
 * connection would begin with as many holes. And a connection that is closed without an error before it was ready is given
 * one: the driver would connect again at once, for ever, with nobody told.
 *
 * The driver hears of an error together with the close that follows it: to a statement that is given to a connection between
 * the two it would never answer. And what it had not written yet when a connection closed it would keep, and write before
 * the start of the next connection, or wait with both for more: its start message is made so long by {@link startPadding}
 * that it is written at once, and what stands before it is dropped.
 */
export function setUpSession(socket: Socket, statements: readonly string[]): Socket {
  const on = socket.on.bind(socket) as (event: string, listener: Listener) => Socket;
  const write = socket.write.bind(socket) as (bytes: Buffer) => boolean;
  const messages = new MessageTypes();
  let deliver: (chunk: Buffer) => void = () => {};
  let fail: (error: Error) => void = () => {};
  let failure: Error | null = null;
  let isReady = false;
  const listenerOf: Readonly<Record<string, (listener: Listener) => Listener>> = {
    data(listener) {
      deliver = (chunk) => {
        messages.push(chunk);
        (listener as (chunk: Buffer) => void)(chunk);
      };
      return untilReady({ write, statements, deliver, onReady: () => isReady = true });
    },
    error(listener) {
      fail = listener as (error: Error) => void;
      return (error: Error) => {
        failure ??= saysClosed(error) ? closed(isReady) : error;
        socket.destroy();
      };
    },
    close: (listener) => (...values) => {
      if (failure !== null || !isReady) fail(failure ?? closed(isReady));
      listener(...values);
      if (messages.resultIsOpen) deliver(endOfResult);
    },
  };
  socket.on = (event: string, listener: Listener) => on(event, listenerOf[event]?.(listener) ?? listener);
  socket.write = ((bytes: Buffer) => {
    socket.write = write as Socket["write"];
    return write(withoutPadding(bytes));
  }) as Socket["write"];
  return socket;
}

/** The driver writes at once what has 1024 bytes, and puts off what is shorter. */
const padding = { name: "backtest_padding", value: "x".repeat(1024) };

/** For the driver's `connection`, whose members are parameters of its start message; no server sees it. */
export const startPadding: Readonly<Record<string, string>> = { [padding.name]: padding.value };

const paddingBytes = Buffer.from(`\0${padding.name}\0${padding.value}`);
/** 3.0, behind the length. */
const protocolVersion = 196_608;

/** The start message alone, unpadded, of what the driver writes first; bytes without a padded one as they are. */
function withoutPadding(written: Buffer): Buffer {
  const at = written.lastIndexOf(paddingBytes);
  for (let begin = at - 2 * 4; begin >= 0; begin--) {
    const isStart = written.readUInt32BE(begin) === written.length - begin &&
      written.readUInt32BE(begin + 4) === protocolVersion;
    if (!isStart) continue;
    const start = Buffer.concat([written.subarray(begin, at), written.subarray(at + paddingBytes.length)]);
    start.writeUInt32BE(start.length);
    return start;
  }
  return written;
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const dataRow = "D".charCodeAt(0);
const commandComplete = "C".charCodeAt(0);
const readyForQuery = "Z".charCodeAt(0);
/** A type byte and four of length, which do not count the type. */
const headBytes = 5;

const endOfResult = message("C", "SELECT 0");

/** Follows the types of messages in a stream that is cut anywhere. */
class MessageTypes {
  /** Whether rows have come that no end of their result has followed. */
  resultIsOpen = false;
  /** Bytes of the message under way that are still to come. */
  #rest = 0;
  /** What has come of a head that was cut. */
  #head: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    let at = this.#rest;
    if (this.#head.length > 0) {
      chunk = Buffer.concat([this.#head, chunk]);
      this.#head = Buffer.alloc(0);
    }
    while (at + headBytes <= chunk.length) {
      const type = chunk[at];
      if (type === dataRow) this.resultIsOpen = true;
      else if (type === commandComplete || type === readyForQuery) this.resultIsOpen = false;
      at += 1 + chunk.readUInt32BE(at + 1);
    }
    this.#rest = Math.max(0, at - chunk.length);
    if (at < chunk.length) this.#head = Buffer.from(chunk.subarray(at));
  }
}

interface SetUp {
  readonly write: (bytes: Buffer) => boolean;
  readonly statements: readonly string[];
  readonly deliver: (chunk: Buffer) => void;
  readonly onReady: () => void;
}

function untilReady({ write, statements, deliver, onReady }: SetUp): (chunk: Buffer) => void {
  let phase: "starting" | "setting up" | "ready" = "starting";
  let rest = Buffer.alloc(0);
  return (chunk) => {
    if (phase === "ready") return deliver(chunk);
    rest = Buffer.concat([rest, chunk]);
    while (phase !== "ready" && rest.length >= headBytes) {
      const end = 1 + rest.readUInt32BE(1);
      if (rest.length < end) return;
      const received = rest.subarray(0, end);
      rest = rest.subarray(end);
      // before the driver's first statement, these are the ends of ours
      if (received[0] === commandComplete) continue;
      if (received[0] !== readyForQuery) deliver(received);
      else if (phase === "starting") {
        phase = "setting up";
        write(message("Q", statements.join("; ")));
      } else {
        phase = "ready";
        onReady();
        deliver(received);
      }
    }
    if (phase === "ready" && rest.length > 0) deliver(rest);
  };
}

/** Whether an error says no more than that something was written after the server had closed. */
function saysClosed(error: Error): boolean {
  return "code" in error && /^ERR_(SOCKET_CLOSED|STREAM_DESTROYED)/.test(String(error.code));
}

/** An error of the connection, as its text as `code` tells. */
function closed(wasReady: boolean): Error {
  const when = wasReady ? "" : " before it was ready";
  return Object.assign(new Error(`the server closed the connection${when}`), { code: "CONNECTION_CLOSED" });
}

function message(type: string, text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(headBytes);
  head.write(type);
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}
