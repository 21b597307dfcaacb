import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import fc from "fast-check";
import { setUpSession, startPadding } from "./session_setup.ts";

function message(type: string, body: string): Buffer {
  const bytes = Buffer.from(body, "latin1");
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(4 + bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

const ready = message("Z", "I");

/** A connection as the driver has it, with what it hears and what the server hears. */
function connection() {
  const heard: Buffer[] = [];
  const sent: Buffer[] = [];
  const socket = Object.assign(new EventEmitter(), {
    write: (bytes: Buffer) => sent.push(bytes),
    destroy: () => {},
  });
  const driver = setUpSession(socket as unknown as Socket, ["SET a = 1", "SET b = 2"]);
  driver.on("data", (chunk: Buffer) => heard.push(chunk));
  const errors: string[] = [];
  driver.on("error", (error: Error) => errors.push(error.message));
  driver.on("close", () => {});
  return {
    receive: (bytes: Buffer) => socket.emit("data", bytes),
    close: () => socket.emit("close"),
    fail: () => socket.emit("error", new Error("reset")),
    errors,
    heard: () => Buffer.concat(heard).toString("latin1"),
    sent: () => Buffer.concat(sent).toString("latin1"),
    write: (bytes: Buffer) => driver.write(bytes),
  };
}

/** The stream cut into pieces of these lengths, again and again. */
function* cut(stream: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < stream.length; i++) {
    const length = lengths[i % lengths.length]!;
    yield stream.subarray(at, at + length);
    at += length;
  }
}

const anyCut = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
const anyMessages = fc.array(
  fc.tuple(fc.constantFrom("D", "C", "T", "Z", "A", "E"), fc.string({ maxLength: 9 })),
  { maxLength: 12 },
);

Deno.test("setUpSession() sends its statements at the first readiness, and the driver hears all but their ends", () => {
  fc.assert(fc.property(anyCut, anyMessages, (lengths, later) => {
    const start = Buffer.concat([message("R", "\0"), message("S", "time zone"), ready]);
    const done = Buffer.concat([message("C", "SET\0"), message("C", "SET\0"), ready]);
    const rest = Buffer.concat(later.map(([type, body]) => message(type, body)));
    const { receive, heard, sent } = connection();
    for (const piece of cut(start, lengths)) receive(piece);
    assert.equal(sent(), message("Q", "SET a = 1; SET b = 2\0").toString("latin1"));
    const before = start.subarray(0, -ready.length).toString("latin1");
    assert.equal(heard(), before);
    for (const piece of cut(Buffer.concat([done, rest]), lengths)) receive(piece);
    assert.equal(heard(), before + ready.toString("latin1") + rest.toString("latin1"));
  }));
});

Deno.test("setUpSession() passes on that a statement of it is refused", () => {
  const { receive, heard } = connection();
  receive(ready);
  receive(message("E", "no such setting"));
  receive(ready);
  assert.equal(heard(), Buffer.concat([message("E", "no such setting"), ready]).toString("latin1"));
});

Deno.test("setUpSession() ends a result that the connection dies in, and nothing else", () => {
  fc.assert(fc.property(anyCut, anyMessages, fc.integer({ min: 0, max: 20 }), (lengths, received, lost) => {
    const { receive, close, heard } = connection();
    receive(ready);
    receive(ready);
    const stream = Buffer.concat(received.map(([type, body]) => message(type, body)));
    const whole = stream.subarray(0, Math.max(0, stream.length - lost));
    for (const piece of cut(whole, lengths)) receive(piece);
    const before = heard();
    close();
    // a message counts as soon as its head has come
    let at = 0;
    const begun = received.filter(([, body]) => {
      const start = at;
      at += 5 + Buffer.byteLength(body, "latin1");
      return start + 5 <= whole.length;
    });
    const last = begun.findLast(([type]) => type === "D" || type === "C" || type === "Z")?.[0];
    const end = last === "D" ? message("C", "SELECT 0\0").toString("latin1") : "";
    assert.equal(heard(), before + end);
  }));
});

Deno.test("setUpSession() gives a connection an error that is closed without one before it was ready, and no other", () => {
  const early = "the server closed the connection before it was ready";
  const cases = [
    { received: [], reset: false, errors: [early] },
    { received: [ready], reset: false, errors: [early] },
    { received: [ready, ready], reset: false, errors: [] },
    { received: [], reset: true, errors: ["reset"] },
  ];
  for (const { received, reset, errors } of cases) {
    const session = connection();
    received.forEach(session.receive);
    if (reset) session.fail();
    session.close();
    assert.deepEqual(session.errors, errors);
  }
});

Deno.test("13 setUpSession() tells of an error together with the close, so that nothing is sent in between", () => {
  const { receive, fail, close, errors } = connection();
  receive(ready);
  receive(ready);
  fail();
  assert.deepEqual(errors, []);
  close();
  assert.deepEqual(errors, ["reset"]);
});

/** A start message with these parameters, as the driver makes it. */
function start(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).map((pair) => pair.join("\0")).join("\0");
  const body = Buffer.from(`\0\x03\0\0${pairs}\0\0`, "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([length, body]);
}

Deno.test("13 setUpSession() sends the start alone of what the driver writes first, without its padding, and the rest as it is", () => {
  const parameters = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z]{1,8}$/), {
    maxKeys: 3,
  });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), parameters, parameters, (kept, more, after) => {
      // the driver always names the user
      const before = { user: "me", ...more };
      const { write, sent } = connection();
      const padded = start({ ...before, ...startPadding, ...after });
      // what is shorter the driver would put off
      assert.ok(padded.length >= 1024);
      write(Buffer.concat([kept, padded]));
      write(padded);
      assert.equal(sent(), Buffer.concat([start({ ...before, ...after }), padded]).toString("latin1"));
    }),
  );
  const cancel = Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2]);
  const { write, sent } = connection();
  write(cancel);
  assert.equal(sent(), cancel.toString("latin1"));
});
