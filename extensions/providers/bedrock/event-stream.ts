// AWS's binary form of a stream of events, written for tests: a fake vendor's lines of JSON as frames.
// Source: smithy.io, "Amazon Event Stream specification".
import { crc32 } from "node:zlib";

/** A line is an object with one field, the event's name; one that begins with `!` is an exception. Others go as they are. */
export function eventStream(lines: string): Uint8Array {
  return Buffer.concat(
    lines
      .split("\n")
      .filter((line) => line.trim() !== "")
      .flatMap((line) =>
        !line.startsWith("{")
          ? [Buffer.from(line)]
          : Object.entries(JSON.parse(line) as Record<string, unknown>).map(([name, value]) => frame(name, value)),
      ),
  );
}

function frame(name: string, value: unknown): Buffer {
  const isException = name.startsWith("!");
  const headers = Buffer.concat([
    header(isException ? ":exception-type" : ":event-type", name.replace("!", "")),
    header(":content-type", "application/json"),
    header(":message-type", isException ? "exception" : "event"),
  ]);
  const payload = Buffer.from(JSON.stringify(value));
  const prelude = Buffer.concat([number(16 + headers.length + payload.length), number(headers.length)]);
  const body = Buffer.concat([prelude, number(crc32(prelude)), headers, payload]);
  return Buffer.concat([body, number(crc32(body))]);
}

/** Type 7 is text. */
function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
