import { refusal } from "../rows/candle_refusal.ts";
import { type Content, streamContent } from "./content.ts";
import { bounded, type UnpackLimits } from "./unpack_limits.ts";

/** Archives are made of blocks of this size. */
export const blockBytes = 512;
const decoder = new TextDecoder();

/** Whether bytes begin with the head of a file in a tar archive (POSIX.1-1988, section 10.1.1): its mark, and its sum. */
export function isTar(head: Uint8Array): boolean {
  if (head.length < blockBytes || textIn(head, { from: 257, length: 5 }) !== "ustar") return false;
  const sum = head.subarray(0, blockBytes).reduce(
    (sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte),
    0,
  );
  return sum === octalIn(head, { from: 148, length: 8 });
}

/**
 * Files of a tar archive, in the order they lie there, without what systems put beside files. Rejects with a
 * `validation_error` where the archive is cut off or damaged, and beyond the limits.
 */
export async function tarMembers(packed: Content, limits: UnpackLimits): Promise<readonly Content[]> {
  const { label } = packed;
  const found: Content[] = [];
  const head = new Uint8Array(blockBytes);
  let [held, skip, at, isOver] = [0, 0, 0, false];
  for await (const piece of bounded(packed.pieces(), { label, packed, limits })) {
    for (let from = 0; from < piece.length && !isOver;) {
      const passed = Math.min(skip, piece.length - from);
      const taken = passed > 0 ? 0 : Math.min(blockBytes - held, piece.length - from);
      head.set(piece.subarray(from, from + taken), held);
      [skip, held, at, from] = [skip - passed, held + taken, at + passed + taken, from + passed + taken];
      if (held < blockBytes || passed > 0) continue;
      held = 0;
      isOver = head[0] === 0;
      if (isOver) break;
      const size = octalIn(head, { from: 124, length: 12 });
      if (!isTar(head) || Number.isNaN(size)) {
        throw refusal(packed, `its tar data are damaged at byte ${at - blockBytes}`);
      }
      skip = Math.ceil(size / blockBytes) * blockBytes;
      if (isFile(head) && size > 0) found.push(member(packed, { name: nameIn(head), from: at, size }));
      if (found.length > limits.membersMax) {
        throw refusal(packed, `it holds more than ${limits.membersMax} files`);
      }
    }
    if (isOver) break;
  }
  if (skip > 0 || held > 0) throw refusal(packed, "its tar data are cut off");
  if (found.length === 0) throw refusal(packed, "it is a tar archive without a file in it");
  return found;
}

function isFile(head: Uint8Array): boolean {
  return (head[156] === 0 || head[156] === 48) && !/(^|\/)\.[^/]*$/.test(nameIn(head));
}

function nameIn(head: Uint8Array): string {
  const parts = [textIn(head, { from: 345, length: 155 }), textIn(head, { from: 0, length: 100 })];
  return parts.filter((part) => part !== "").join("/");
}

function member(
  packed: Content,
  { name, from, size }: { readonly name: string; readonly from: number; readonly size: number },
): Content {
  return streamContent(`${packed.label}/${name}`, async function* (signal) {
    let at = 0;
    for await (const piece of packed.pieces(signal)) {
      const part = piece.subarray(Math.max(from - at, 0), Math.max(from + size - at, 0));
      at += piece.length;
      if (part.length > 0) yield part;
      if (at >= from + size) return;
    }
  });
}

interface Field {
  readonly from: number;
  readonly length: number;
}

function textIn(head: Uint8Array, { from, length }: Field): string {
  return decoder.decode(head.subarray(from, from + length)).replace(/\0.*$/s, "");
}

function octalIn(head: Uint8Array, field: Field): number {
  const text = textIn(head, field).trim();
  return /^[0-7]{1,12}$/.test(text) ? parseInt(text, 8) : NaN;
}
