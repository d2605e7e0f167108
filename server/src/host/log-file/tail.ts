// Reads the end of the log's file, or what was added since the last look. A cursor is a byte offset that stands at the
// beginning of a line; lines come whole or not yet.
import { open } from "node:fs/promises";

export interface TailParams {
  /** Where the last look ended; absent begins at the end of the file. */
  readonly cursor?: number;
  /** Lines, at most. */
  readonly limit?: number;
  /** Bytes that are read, at most. */
  readonly maxBytes?: number;
}

export interface Tail {
  readonly file: string;
  /** For the next look. */
  readonly cursor: number;
  /** Of the file, bytes. */
  readonly size: number;
  readonly lines: readonly string[];
  /** There are older lines that were not given. */
  readonly truncated: boolean;
  /** The cursor is not of this file: it was put aside, or emptied. The lines are the end of the one that is there. */
  readonly reset: boolean;
}

const defaultLimit = 500;
const defaultMaxBytes = 250_000;
const chunkBytes = 64 * 1024;
const newline = 10;

/** A file that is not there is an empty one. */
export async function tailLog(file: string, params: TailParams): Promise<Tail> {
  const { cursor, limit = defaultLimit, maxBytes = defaultMaxBytes } = params;
  const source = await openSource(file);
  try {
    const { size } = source;
    const isKnown = cursor !== undefined && (await beginsLine(source, cursor));
    const reset = cursor !== undefined && !isKnown;
    return {
      file,
      size,
      reset,
      ...(isKnown ? await added(source, cursor, { limit, maxBytes }) : await end(source, { limit, maxBytes })),
    };
  } finally {
    await source.close();
  }
}

interface Source {
  readonly size: number;
  read(from: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

async function openSource(file: string): Promise<Source> {
  try {
    const handle = await open(file, "r");
    const { size } = await handle.stat();
    return {
      size,
      async read(from, length) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
        return buffer.subarray(0, bytesRead);
      },
      close: () => handle.close(),
    };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    return { size: 0, read: async () => Buffer.alloc(0), close: async () => undefined };
  }
}

/** Another file, grown as large, would most likely have something else than an end of line before the cursor. */
async function beginsLine({ size, read }: Source, cursor: number): Promise<boolean> {
  if (cursor > size) return false;
  return cursor === 0 || (await read(cursor - 1, 1))[0] === newline;
}

interface Bounds {
  readonly limit: number;
  readonly maxBytes: number;
}

type Found = Pick<Tail, "cursor" | "lines" | "truncated">;

/** The first lines after the cursor; the rest comes with the next look, so that nothing is missed. */
async function added({ size, read }: Source, cursor: number, { limit, maxBytes }: Bounds): Promise<Found> {
  const bytes = await read(cursor, Math.min(maxBytes, size - cursor));
  const whole = bytes.subarray(0, bytes.lastIndexOf(newline) + 1);
  // A line longer than all that may be read would stop every later look as well.
  if (whole.length === 0 && bytes.length === maxBytes)
    return { cursor: await nextLine({ size, read }, cursor), lines: [], truncated: true };
  const taken = firstLines(whole, limit);
  return { cursor: cursor + taken.length, lines: linesOf(taken), truncated: false };
}

async function end({ size, read }: Source, { limit, maxBytes }: Bounds): Promise<Found> {
  const from = Math.max(0, size - maxBytes);
  const bytes = await read(from, size - from);
  // Where the middle of a line was hit, its rest is left out.
  const begin = from === 0 ? 0 : bytes.indexOf(newline) + 1;
  const lastEnd = bytes.lastIndexOf(newline) + 1;
  if (from > 0 && begin === 0) return { cursor: size, lines: [], truncated: true };
  const lines = linesOf(bytes.subarray(begin, lastEnd));
  return { cursor: from + lastEnd, lines: lines.slice(-limit), truncated: from > 0 || lines.length > limit };
}

function firstLines(whole: Buffer, limit: number): Buffer {
  let taken = 0;
  for (let line = 0; line < limit; line += 1) {
    const at = whole.indexOf(newline, taken);
    if (at < 0) return whole;
    taken = at + 1;
  }
  return whole.subarray(0, taken);
}

function linesOf(whole: Buffer): readonly string[] {
  return whole.toString("utf8").split("\n").slice(0, -1);
}

/** Where the line after the one at the cursor begins; the cursor itself while that line has no end. */
async function nextLine({ size, read }: Pick<Source, "size" | "read">, cursor: number): Promise<number> {
  for (let from = cursor; from < size; from += chunkBytes) {
    const at = (await read(from, Math.min(chunkBytes, size - from))).indexOf(newline);
    if (at >= 0) return from + at + 1;
  }
  return cursor;
}
