// Keeps the first and the last part of a long output, and says how much is missing between them.

export interface KeptOutput {
  add(chunk: Uint8Array): void;
  text(): string;
}

/** At most `maxBytes` of output are kept, half from either end; the note between comes on top. */
export function keepEnds(maxBytes: number): KeptOutput {
  const half = Math.ceil(maxBytes / 2);
  let head = new Uint8Array(0);
  let tail = new Uint8Array(0);
  let left = 0;
  return {
    add(chunk) {
      const room = half - head.byteLength;
      if (room > 0) head = join(head, chunk.subarray(0, room));
      const whole = join(tail, chunk.subarray(Math.max(0, room)));
      tail = whole.slice(Math.max(0, whole.byteLength - half));
      left += whole.byteLength - tail.byteLength;
    },
    text() {
      if (left === 0) return decode(join(head, tail));
      // A character cut in two at a seam is left out.
      const begin = new TextDecoder().decode(head, { stream: true });
      const seam = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
      return `${begin}\n[... ${left} bytes left out ...]\n${decode(tail.subarray(Math.max(0, seam)))}`;
    },
  };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function join(before: Uint8Array, after: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(before.byteLength + after.byteLength);
  bytes.set(before);
  bytes.set(after, before.byteLength);
  return bytes;
}
