// The newest part of what a process said, read by a cursor that counts bytes from its beginning.
import type { OutputSince } from "@homarus/sdk";

export interface Ring {
  add(chunk: Uint8Array): void;
  since(cursor: number): OutputSince;
  /** Resolves when there is more after the cursor, or nothing will come any more. */
  changed(cursor: number): Promise<void>;
  close(): void;
}

export function createRing(maxBytes: number): Ring {
  const chunks: Uint8Array[] = [];
  let begin = 0;
  let end = 0;
  let isClosed = false;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  return {
    add(chunk) {
      chunks.push(chunk);
      end += chunk.byteLength;
      while (end - begin > maxBytes) {
        const first = chunks.shift() as Uint8Array;
        const surplus = Math.min(first.byteLength, end - begin - maxBytes);
        if (surplus < first.byteLength) chunks.unshift(first.slice(surplus));
        begin += surplus;
      }
      wake();
    },
    since(given) {
      const cursor = Math.min(Math.max(0, given), end);
      const bytes = Buffer.concat(chunks);
      const from = cursor >= begin ? cursor : begin + cutBefore(bytes);
      const whole = bytes.subarray(from - begin, isClosed ? undefined : bytes.byteLength - unfinished(bytes));
      return { text: new TextDecoder().decode(whole), cursor: from + whole.byteLength, missedBytes: from - cursor };
    },
    changed(cursor) {
      const readable = end - unfinished(Buffer.concat(chunks.slice(-longestCharacter)));
      if (isClosed || readable > cursor) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    close() {
      isClosed = true;
      wake();
    },
  };
}

const longestCharacter = 4;

/** How many bytes at the beginning are the rest of a character that is no longer kept. */
function cutBefore(bytes: Uint8Array): number {
  const seam = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return Math.max(0, seam);
}

/** How many bytes at the end are the beginning of a character in UTF-8 whose rest is still to come. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back < Math.min(longestCharacter, bytes.byteLength + 1); back++) {
    const byte = bytes[bytes.byteLength - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
