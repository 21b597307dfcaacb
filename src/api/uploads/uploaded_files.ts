import { BacktestError, validationError } from "../../core/errors/mod.ts";
import { shown } from "../../core/text/mod.ts";
import type { UploadedFile } from "../../ports/own_candles.ts";

/** A body with files in it: those of a form, or the body itself. */
export interface UploadBody {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  readonly contentType: string;
  /** What a body that is one file is called. */
  readonly name: string;
}

/**
 * The files of a body as they come: every file of `multipart/form-data`, of any other type the body. What the sender calls
 * them is cut to a plain name. Rejects with what reading the body rejects with, and with a `validation_error` where a form is
 * damaged, cut off or has members that are no files.
 */
export async function* uploadedFiles({ body, contentType, name }: UploadBody): AsyncGenerator<UploadedFile> {
  if (body === null) return;
  if (!/^multipart\//i.test(contentType)) return yield { name: plainName(name), pieces: body };
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new BacktestError(
      "unsupported_media_type",
      `Cannot read the body: of multipart types only multipart/form-data is read, got ${shown(contentType)}`,
      { details: { content_type: contentType.slice(0, nameLengthMax) } },
    );
  }
  yield* formFiles(body, contentType);
}

const nameLengthMax = 100;

/** A name without a folder and without what does not show. */
export function plainName(text: string): string {
  const last = text.split(/[\\/]/).at(-1)!;
  // deno-lint-ignore no-control-regex -- they are what is taken out
  const seen = last.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"]/g, "").trim();
  return seen.slice(0, nameLengthMax) || "upload";
}

async function* formFiles(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  contentType: string,
): AsyncGenerator<UploadedFile> {
  const { Busboy } = await import("@fastify/busboy");
  const form = formParser(() => new Busboy({ headers: { "content-type": contentType } }));
  const waiting: UploadedFile[] = [];
  let failure: { readonly error: unknown } | null = null;
  let isOver = false;
  let wake = () => {};
  const end = (error?: unknown) => {
    if (error !== undefined) failure ??= { error };
    isOver = true;
    wake();
  };
  form.on("file", (_field, stream, name) => {
    // what ends the form ends its files, whoever reads them
    stream.on("error", end);
    waiting.push({ name: plainName(name ?? ""), pieces: stream });
    wake();
  });
  form.on("field", (field) => end(noFile(field)));
  form.on("error", (error) => end(failure?.error ?? damaged(error)));
  form.on("finish", () => end());
  const reader = body.getReader();
  pump(reader, form).catch(end);
  try {
    while (true) {
      while (waiting.length > 0) yield whole(waiting.shift()!, () => failure);
      if (failure !== null) throw (failure as { readonly error: unknown }).error;
      if (isOver) return;
      await new Promise<void>((resolve) => wake = resolve);
    }
  } finally {
    form.destroy();
    await reader.cancel().catch(() => {});
  }
}

/** The same file; its pieces reject with what ended the form. */
function whole(
  { name, pieces }: UploadedFile,
  failed: () => { readonly error: unknown } | null,
): UploadedFile {
  return {
    name,
    pieces: {
      async *[Symbol.asyncIterator]() {
        try {
          yield* pieces;
        } catch (error) {
          const first = failed()?.error ?? error;
          throw first instanceof BacktestError ? first : damaged(first);
        }
      },
    },
  };
}

interface Form {
  write(piece: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(): void;
  destroy(error?: Error): void;
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  form: Form,
): Promise<void> {
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return form.end();
      await new Promise<void>((resolve, reject) =>
        form.write(value, (error) => error ? reject(error) : resolve())
      );
    }
  } catch (error) {
    form.destroy(error as Error);
    throw error;
  }
}

function formParser<Parser>(make: () => Parser): Parser {
  try {
    return make();
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(cause: unknown): BacktestError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `Cannot read the body: its form is damaged or cut off (${reason.split("\n")[0]})`;
  return validationError(message, [{ path: "body", code: "value_error", message }]);
}

function noFile(field: string): BacktestError {
  const message = `Cannot read the body: ${
    shown(field)
  } of its form is no file; options belong into the query`;
  return validationError(message, [{ path: "body", code: "value_error", message }]);
}
