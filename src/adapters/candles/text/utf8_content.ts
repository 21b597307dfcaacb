import { type Content, streamContent } from "../bytes/content.ts";

/** The same text in UTF-8 without a byte order mark, and what it was in where that was another encoding. */
export interface Utf8Content {
  readonly content: Content;
  readonly encoding: string | null;
  /** Bytes of the mark it begins with. */
  readonly markBytes: number;
}

/**
 * A text in UTF-8; of one in UTF-16, which its mark or its zero bytes tell, a copy is made as it is read, and of one whose
 * beginning is no UTF-8, which then is that of older spreadsheets of Western Europe.
 */
export function utf8Content(content: Content, head: Uint8Array): Utf8Content {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
    return { content, encoding: null, markBytes: 3 };
  }
  const encoding = utf16Of(head) ?? (isUtf8(head) || head.includes(0) ? null : "windows-1252");
  if (encoding === null) return { content, encoding, markBytes: 0 };
  const open = (signal?: AbortSignal) => recoded(content.pieces(signal), encoding);
  return { content: streamContent(content.label, open), encoding, markBytes: 0 };
}

/** Whether bytes are UTF-8, the last character possibly cut. */
function isUtf8(head: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function utf16Of(head: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const sample = head.subarray(0, 1000);
  const zeros = (from: number) => sample.filter((byte, index) => index % 2 === from && byte === 0).length;
  const [even, odd] = [zeros(0), zeros(1)];
  const half = sample.length / 2;
  if (odd > 0.9 * half && even < 0.1 * half) return "utf-16le";
  return even > 0.9 * half && odd < 0.1 * half ? "utf-16be" : null;
}

async function* recoded(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
  encoding: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  for await (const piece of pieces) yield encoder.encode(decoder.decode(piece, { stream: true }));
  yield encoder.encode(decoder.decode());
}
