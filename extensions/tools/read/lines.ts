// Takes lines out of a file that may be larger than memory should hold, and stops at whichever bound comes first.
import { Fault, type Files } from "@homarus/sdk";

export interface LineRequest {
  readonly path: string;
  /** Counted from 1. */
  readonly first: number;
  readonly count: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface Lines {
  readonly lines: readonly string[];
  /** Whether there is more of the file after these lines. */
  readonly isMore: boolean;
  /** How many lines were seen: all of the file's where there is no more. */
  readonly seen: number;
}

const chunkBytes = 256 * 1024;
/** A longer line is cut: it is data and not text for reading. */
const longestLine = 2000;

/** Throws an `invalid` Fault when the file is not text. */
export async function takeLines(files: Files, request: LineRequest): Promise<Lines> {
  const taken: string[] = [];
  let bytes = 0;
  let seen = 0;
  for await (const line of linesOf(files, request)) {
    const isWanted = seen + 1 >= request.first;
    const shown = isWanted ? cut(line) : "";
    if (isWanted && (taken.length === request.count || bytes + shown.length > request.maxBytes))
      return { lines: taken, isMore: true, seen };
    seen += 1;
    if (!isWanted) continue;
    taken.push(shown);
    bytes += new TextEncoder().encode(shown).byteLength + 1;
  }
  return { lines: taken, isMore: false, seen };
}

function cut(line: string): string {
  return line.length <= longestLine
    ? line
    : `${line.slice(0, longestLine)} [... ${line.length - longestLine} more characters in this line]`;
}

/** The last line counts whether or not a line break follows it. */
async function* linesOf(files: Files, { path, signal }: LineRequest): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of textsOf(files, path, signal)) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
  }
  if (rest !== "") yield rest;
}

async function* textsOf(files: Files, path: string, signal: AbortSignal): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let offset = 0; ; ) {
    signal.throwIfAborted();
    const chunk = await files.read(path, { maxBytes: chunkBytes, offset });
    offset += chunk.byteLength;
    if (chunk.includes(0)) throw notText(path);
    yield decode(decoder, chunk, path);
    if (chunk.byteLength < chunkBytes) return;
  }
}

function decode(decoder: TextDecoder, chunk: Uint8Array, path: string): string {
  try {
    return decoder.decode(chunk, { stream: chunk.byteLength === chunkBytes });
  } catch (cause) {
    if (cause instanceof TypeError) throw notText(path);
    throw cause;
  }
}

function notText(path: string): Fault {
  return new Fault("invalid", "read.binary", `${path} is not a text file in UTF-8, so it cannot be shown.`, {
    hint: "Look at it with a command, for example `file`, `strings` or `xxd`, or convert it.",
  });
}
