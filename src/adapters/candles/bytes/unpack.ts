import zlib from "node:zlib";
import { BacktestError } from "../../../core/errors/mod.ts";
import { refusal } from "../rows/candle_refusal.ts";
import { allBytes, type Content, memoryContent, streamContent } from "./content.ts";
import { blockBytes, isTar, tarMembers } from "./tar_members.ts";
import { bounded, type UnpackLimits, unpackLimits } from "./unpack_limits.ts";

/** A way of packing bytes, and how it is recognised and undone. */
interface Wrapper {
  readonly name: string;
  /** Whether bytes begin as what is packed so. */
  recognises(head: Uint8Array): boolean;
  /** What is packed in it, in the order it lies there. */
  unpack(packed: Content, limits: UnpackLimits): Promise<readonly Content[]>;
}

/** So many wrappers may lie in each other: a zip of gzip files, and one more. */
const depthMax = 3;

/** What is unpacked once and held, rather than unpacked for each reading. */
const heldBytesMax = 48 * 1024 * 1024;

/** All that is held of one file. */
const heldBytesOfFileMax = 4 * heldBytesMax;

const begins = (...mark: readonly number[]) => (head: Uint8Array) =>
  mark.every((byte, index) => head[index] === byte);

const wrappers: readonly Wrapper[] = [
  {
    name: "gzip",
    recognises: begins(0x1f, 0x8b),
    unpack: (packed, limits) => stream(packed, { kind: "gzip", limits }),
  },
  {
    name: "zstd",
    recognises: begins(0x28, 0xb5, 0x2f, 0xfd),
    unpack: (packed, limits) => stream(packed, { kind: "zstd", limits }),
  },
  {
    name: "zip",
    recognises: begins(0x50, 0x4b, 0x03, 0x04),
    async unpack(packed, limits) {
      const { zipMembers } = await import("./zip_members.ts");
      return await zipMembers(packed, limits);
    },
  },
  { name: "tar", recognises: isTar, unpack: tarMembers },
];

/** What was unpacked, and how it was packed, outermost first. */
export interface Unpacked {
  readonly contents: readonly Content[];
  readonly wrappers: readonly string[];
}

/**
 * The contents of a file without what they are packed in: gzip, zstd, or zip and tar with any number of members. Rejects with a
 * `validation_error` when packed bytes are damaged, nested too deeply or become too many.
 */
export async function unpacked(content: Content, limits: UnpackLimits = unpackLimits): Promise<Unpacked> {
  return await unpackedAt(content, { limits, depth: 0, held: { bytes: 0 } });
}

async function unpackedAt(
  content: Content,
  { limits, depth, held }: {
    readonly limits: UnpackLimits;
    readonly depth: number;
    /** Counted over all that is packed in the file. */
    readonly held: { bytes: number };
  },
): Promise<Unpacked> {
  const head = await content.head(blockBytes);
  const wrapper = wrappers.find(({ recognises }) => recognises(head));
  if (wrapper === undefined) return { contents: [content], wrappers: [] };
  if (depth === depthMax) {
    throw refusal(content, `it is packed more than ${depthMax} times`);
  }
  const inner: Content[] = [];
  let names: readonly string[] = [];
  for (const member of await wrapper.unpack(content, limits)) {
    const { contents, wrappers } = await unpackedAt(await inMemory(member, held), {
      limits,
      depth: depth + 1,
      held,
    });
    inner.push(...contents);
    if (wrappers.length > names.length) names = wrappers;
  }
  return { contents: inner, wrappers: [wrapper.name, ...names] };
}

async function inMemory(member: Content, held: { bytes: number }): Promise<Content> {
  const left = heldBytesOfFileMax - held.bytes;
  const bytes = left <= 0 ? null : await allBytes(member, { bytesMax: Math.min(left, heldBytesMax) });
  if (bytes === null) return member;
  held.bytes += bytes.length;
  return memoryContent(bytes, member.label);
}

function stream(
  packed: Content,
  { kind, limits }: { readonly kind: "gzip" | "zstd"; readonly limits: UnpackLimits },
): Promise<readonly Content[]> {
  const open = (signal?: AbortSignal) =>
    bounded(inflated(packed, { kind, signal }), { label: packed.label, packed, limits });
  return Promise.resolve([streamContent(packed.label, open)]);
}

async function* inflated(
  packed: Content,
  { kind, signal }: { readonly kind: "gzip" | "zstd"; readonly signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const inflate = kind === "gzip" ? zlib.createGunzip() : zlib.createZstdDecompress();
  const waiting: Uint8Array<ArrayBuffer>[] = [];
  let failure: Error | null = null;
  let settle = () => {};
  inflate.on("data", (piece: Uint8Array<ArrayBuffer>) => waiting.push(piece));
  inflate.on("error", (error: Error) => {
    failure ??= error;
    settle();
  });
  inflate.on("end", () => settle());
  const settled = (begin: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      settle = resolve;
      begin(resolve);
    });
  try {
    for await (const piece of packed.pieces(signal)) {
      await settled((done) => inflate.write(piece.slice(), () => done()));
      if (failure !== null) throw damaged(packed, { kind, failure });
      while (waiting.length > 0) yield waiting.shift()!;
    }
    await settled(() => inflate.end());
    if (failure !== null) throw damaged(packed, { kind, failure });
    while (waiting.length > 0) yield waiting.shift()!;
  } finally {
    inflate.destroy();
  }
}

function damaged(
  packed: Content,
  { kind, failure }: { readonly kind: string; readonly failure: Error },
): BacktestError {
  return refusal(packed, `its ${kind} data are damaged or cut off (${failure.message})`);
}
