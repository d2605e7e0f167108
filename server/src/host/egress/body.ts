// Bodies of HTTP/1.1 messages, piece by piece, out of their framing. Chunks are read strictly, and written anew.
import { Fault } from "@homarus/sdk";
import { type Framing, type Headers, malformed } from "./head.ts";
import type { Reader } from "./reader.ts";

export interface BodyReader {
  /** Undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** What stood behind the last chunk. */
  readonly trailers: Headers;
}

const longestLine = 4096;
const forbiddenTrailers = new Set(["transfer-encoding", "content-length", "host", "authorization", "content-encoding"]);

export function createBodyReader(reader: Reader, framing: Framing): BodyReader {
  if (framing.type === "chunked") return createChunkReader(reader);
  let left = framing.type === "length" ? framing.bytes : framing.type === "none" ? 0 : Number.POSITIVE_INFINITY;
  return {
    trailers: [],
    async next() {
      if (left === 0) return undefined;
      const chunk = await reader.read();
      if (chunk === undefined) {
        if (framing.type === "rest") return undefined;
        throw cutOff();
      }
      const own = chunk.subarray(0, left);
      reader.unread(chunk.subarray(own.length));
      left -= own.length;
      return own;
    },
  };
}

function createChunkReader(reader: Reader): BodyReader {
  const trailers: [string, string][] = [];
  let left = 0;
  let isDone = false;
  const begin = async (): Promise<void> => {
    const [size = ""] = (await readLine(reader)).split(";", 1);
    if (!/^[0-9a-fA-F]{1,8}$/.test(size.trimEnd())) throw malformed("the size of a chunk");
    left = Number.parseInt(size, 16);
    if (left > 0) return;
    isDone = true;
    for (let line = await readLine(reader); line !== ""; line = await readLine(reader)) {
      const [, name = "", value = ""] = /^([\w!#$%&'*+.^`|~-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
      if (name === "" || trailers.length > 50) throw malformed("its trailers");
      if (!forbiddenTrailers.has(name.toLowerCase())) trailers.push([name, value.trimEnd()]);
    }
  };
  return {
    trailers,
    async next() {
      if (left === 0 && !isDone) await begin();
      if (isDone) return undefined;
      const chunk = await reader.read();
      if (chunk === undefined) throw cutOff();
      const own = chunk.subarray(0, left);
      reader.unread(chunk.subarray(own.length));
      left -= own.length;
      if (left === 0 && (await readLine(reader)) !== "") throw malformed("the end of a chunk");
      return own;
    },
  };
}

async function readLine(reader: Reader): Promise<string> {
  let line = "";
  for (;;) {
    const bytes = await reader.read();
    if (bytes === undefined) throw cutOff();
    const end = bytes.indexOf(10);
    line += Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("latin1");
    if (line.length > longestLine) throw malformed("a line within its body");
    if (end < 0) continue;
    reader.unread(bytes.subarray(end + 1));
    if (line.indexOf("\r") !== line.length - 1) throw malformed("the end of a line");
    return line.slice(0, -1);
  }
}

function cutOff(): Fault {
  return new Fault("unavailable", "egress.cut", "The message broke off before its end.");
}

export function chunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

export function lastChunk(trailers: Headers): Buffer {
  const lines = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`0\r\n${lines}\r\n`, "latin1");
}
