// The ways in which text is wrapped on its way: percent-encoded once or twice, or escaped as in JSON. Each view is the
// stream as its reader would see it, and is searched beside the stream itself. Memory does not grow.

export interface View {
  /** The bytes as read. An escape that is cut off by the end is finished with the next bytes. */
  push(bytes: Uint8Array): Uint8Array;
}

const percent = 0x25;
const backslash = 0x5c;

/** The value of a hexadecimal digit; -1 for another byte. */
function digitOf(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function createUnescape(mark: number, read: (bytes: Uint8Array, at: number) => Escape | "unfinished"): View {
  let left: Uint8Array = new Uint8Array(0);
  return {
    push(bytes) {
      if (left.length === 0 && !bytes.includes(mark)) return bytes;
      const whole = joined(left, bytes);
      const out = new Uint8Array(whole.length);
      let length = 0;
      let at = 0;
      while (at < whole.length) {
        const byte = whole[at] ?? 0;
        if (byte !== mark) {
          out[length++] = byte;
          at++;
          continue;
        }
        const next = read(whole, at);
        if (next === "unfinished") break;
        out[length++] = next.byte;
        at += next.width;
      }
      left = whole.slice(at);
      return out.subarray(0, length);
    },
  };
}

interface Escape {
  readonly byte: number;
  /** How many bytes it took. */
  readonly width: number;
}

export function createPercentView(): View {
  return createUnescape(percent, (bytes, at) => hexEscape(bytes, at, 1, 2));
}

export function createTwicePercentView(): View {
  const [first, second] = [createPercentView(), createPercentView()];
  return { push: (bytes) => second.push(first.push(bytes)) };
}

/** `\u0041`, `\x41`, and one letter that stands for a control character. */
export function createJsonView(): View {
  return createUnescape(backslash, (bytes, at) => {
    const kind = bytes[at + 1];
    if (kind === undefined) return "unfinished";
    if (kind === 0x75) return hexEscape(bytes, at, 2, 4);
    if (kind === 0x78) return hexEscape(bytes, at, 2, 2);
    const isControl = kind === 0x6e || kind === 0x72 || kind === 0x74 || kind === 0x62 || kind === 0x66;
    return { byte: isControl ? 0x20 : kind, width: 2 };
  });
}

/** `at` is the mark; the digits begin `skip` bytes after it. What is no escape stays a mark. */
function hexEscape(bytes: Uint8Array, at: number, skip: number, width: number): Escape | "unfinished" {
  let value = 0;
  for (let index = 0; index < width; index++) {
    const place = at + skip + index;
    if (place >= bytes.length) return "unfinished";
    const digit = digitOf(bytes[place]);
    if (digit < 0) return { byte: bytes[at] ?? 0, width: 1 };
    value = value * 16 + digit;
  }
  return { byte: value & 0xff, width: skip + width };
}

export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
