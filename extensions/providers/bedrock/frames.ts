// Holds AWS's binary stream to its format before the SDK reads it: the SDK takes the first four bytes of whatever comes for
// the length of a frame, and would set aside gigabytes for a line of text.
// Source: smithy.io, "Amazon Event Stream specification".
import { crc32 } from "node:zlib";

const lengthBytes = 4;
const preludeBytes = 12;
/** The specification's greatest payload and headers, and what frames them. */
const longestFrame = 24 * 1024 * 1024 + 128 * 1024 + 16;

/** Passes on what it gets, and breaks with a SyntaxError where no frame begins. */
export function frameCheck(): TransformStream<Uint8Array, Uint8Array> {
  const prelude = Buffer.alloc(preludeBytes);
  let held = 0;
  /** Bytes of the frame that are still to come, once its prelude is read. */
  let left = 0;
  return new TransformStream({
    transform(chunk, to) {
      for (let at = 0; at < chunk.length; ) {
        if (left > 0) {
          const passed = Math.min(left, chunk.length - at);
          [left, at] = [left - passed, at + passed];
          continue;
        }
        const taken = Math.min(preludeBytes - held, chunk.length - at);
        prelude.set(chunk.subarray(at, at + taken), held);
        [held, at] = [held + taken, at + taken];
        // The length is looked at before these bytes go on: the SDK sets memory aside as soon as it has it.
        if (held >= lengthBytes) expectFrame(prelude.readUInt32BE(0) <= longestFrame);
        if (held < preludeBytes) continue;
        expectFrame(crc32(prelude.subarray(0, 8)) === prelude.readUInt32BE(8));
        left = prelude.readUInt32BE(0) - preludeBytes;
        held = 0;
      }
      to.enqueue(chunk);
    },
  });
}

function expectFrame(isFrame: boolean): void {
  if (!isFrame) throw new SyntaxError("what came in the stream is no frame of it");
}
