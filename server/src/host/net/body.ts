// A response's body as a web stream: unpacked, and cut off with a Fault when it grows past its limit.
import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Fault, toFault } from "@homarus/sdk";

export const acceptedEncodings = "gzip, deflate, br";

/** At most this many codings one on top of the other; more is an attack on our patience. */
const mostCodings = 2;

function decoderOf(coding: string): Transform {
  if (coding === "gzip" || coding === "x-gzip") return createGunzip();
  if (coding === "deflate") return createInflate();
  if (coding === "br") return createBrotliDecompress();
  throw new Fault(
    "unavailable",
    "net.encoding",
    `The answer is packed as ${JSON.stringify(coding)}, which cannot be unpacked.`,
  );
}

/** Throws a Fault where the packing is unknown. The limit counts bytes after unpacking. */
export function bodyOf(response: IncomingMessage, maxBytes: number): ReadableStream<Uint8Array> {
  const codings = (response.headers["content-encoding"] ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > mostCodings)
    throw new Fault("unavailable", "net.encoding", "The answer is packed too many times over.");
  const decoders = codings.reverse().map(decoderOf);
  const last = decoders.at(-1);
  if (!last) return bounded(response, maxBytes);
  // The reader of the last stream sees the error, so there is nothing left to do with it here.
  pipeline([response, ...decoders] as unknown as [Readable, Transform], () => undefined);
  return bounded(last, maxBytes);
}

export function tooLarge(maxBytes: number): Fault {
  return new Fault("invalid", "net.too-large", `The answer is larger than ${maxBytes} bytes.`);
}

function bounded(source: Readable, maxBytes: number): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let seen = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next().catch((thrown: unknown) => {
          throw broken(thrown);
        });
        if (next.done) return controller.close();
        seen += next.value.byteLength;
        if (seen <= maxBytes) return controller.enqueue(new Uint8Array(next.value));
        source.destroy();
        throw tooLarge(maxBytes);
      },
      cancel() {
        source.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

function broken(thrown: unknown): Fault {
  const fault = toFault(thrown);
  return fault.kind === "bug"
    ? new Fault("unavailable", "net.cut", "The answer broke off before its end.", { cause: thrown })
    : fault;
}
