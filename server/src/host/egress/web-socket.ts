// WebSocket through the door (RFC 6455): frames are looked into on both ways. Extensions are not offered to the host, so
// that what is in a frame can be read.
import type { Duplex } from "node:stream";
import { Fault, type LeakStream } from "@homarus/sdk";
import { type Account, noteLeak } from "./account.ts";
import { type Head, type Headers, malformed, valuesOf, withoutHops, wordsOf, writeHead } from "./head.ts";
import type { House } from "./parts.ts";
import { type Reader, send } from "./reader.ts";

export function isUpgrade({ line, headers }: Head): boolean {
  return (
    line[0] === "GET" &&
    wordsOf(headers, "upgrade").includes("websocket") &&
    wordsOf(headers, "connection").includes("upgrade")
  );
}

/** Headers of the connection that the other side needs to see. */
export const webSocketHeaders: Headers = [
  ["Connection", "Upgrade"],
  ["Upgrade", "websocket"],
];

interface Joined {
  readonly house: House;
  readonly socket: Duplex;
  readonly reader: Reader;
  readonly upstream: Duplex;
  readonly back: Reader;
  readonly account: Account;
}

/** Passes frames on until one side ends. */
export async function joinWebSocket(head: Head, joined: Joined): Promise<void> {
  const { house, socket, reader, upstream, back, account } = joined;
  if (!wordsOf(head.headers, "upgrade").includes("websocket")) throw malformed("an answer that changes the protocol");
  if (valuesOf(head.headers, "sec-websocket-extensions").length > 0) throw unreadable();
  await send(
    socket,
    writeHead("HTTP/1.1 101 Switching Protocols", [...withoutHops(head.headers), ...webSocketHeaders]),
  );
  const isOff = house.leaks() === "off";
  const out = house.watch.stream(house.caller, "out");
  const into = house.watch.stream(house.caller, "in");
  const host = account.origin?.host ?? "";
  const seeOut = (payload: Uint8Array): void => {
    if (isOff) return;
    noteLeak(house, account, out.push(payload).found, "out");
    const pieces = { method: "", host, target: "", headers: [], bodies: [payload] };
    noteLeak(house, account, house.watch.leaving(house.caller, pieces), "out");
  };
  const outwards = pumpWhole(reader, upstream, { most: house.limits.maxBodyBytes, see: seeOut, account });
  const inwards = pumpWatched(back, socket, {
    stream: isOff ? undefined : into,
    leaked: (found) => noteLeak(house, account, found, "in"),
    counted: (count) => {
      account.bytesIn += count;
    },
  });
  // One side that ends ends both; a leak on either is what is told.
  try {
    await Promise.race([outwards, inwards]);
  } finally {
    upstream.destroy();
    socket.destroy();
    await Promise.allSettled([outwards, inwards]);
  }
}

interface Frame {
  /** As it came. */
  readonly bytes: Buffer;
  readonly payload: Buffer;
}

/** Frames of the sandbox leave one by one, each once it is whole and seen. */
async function pumpWhole(
  reader: Reader,
  to: Duplex,
  { most, see, account }: { most: number; see: (payload: Uint8Array) => void; account: Account },
): Promise<void> {
  let bytes = Buffer.alloc(0);
  for (let part = await reader.read(); part; part = await reader.read()) {
    bytes = Buffer.concat([bytes, part]);
    for (let frame = frameIn(bytes, most, true); frame; frame = frameIn(bytes, most, true)) {
      see(frame.payload);
      account.bytesOut += frame.bytes.length;
      await send(to, frame.bytes);
      bytes = bytes.subarray(frame.bytes.length);
    }
  }
}

function frameIn(bytes: Buffer, most: number, isMasked: boolean): Frame | undefined {
  const head = frameHead(bytes, isMasked);
  if (!head) return undefined;
  if (head.length > most)
    throw new Fault("overflow", "egress.body-too-large", "A frame of the WebSocket is too large.");
  const end = head.begin + head.length;
  if (bytes.length < end) return undefined;
  const payload = Buffer.from(bytes.subarray(head.begin, end));
  if (head.mask)
    for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] ?? 0) ^ (head.mask[at & 3] ?? 0);
  return { bytes: bytes.subarray(0, end), payload };
}

interface FrameHead {
  readonly begin: number;
  readonly length: number;
  readonly mask: Buffer | undefined;
}

function frameHead(bytes: Buffer, isMasked: boolean): FrameHead | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  // The three bits of extensions: with one of them the payload means something else than it says.
  if ((first & 0x70) !== 0) throw unreadable();
  if (((second & 0x80) !== 0) !== isMasked) throw malformed("the mask of a frame");
  const short = second & 0x7f;
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
  const begin = 2 + wide + (isMasked ? 4 : 0);
  if (bytes.length < begin) return undefined;
  const length = wide === 2 ? bytes.readUInt16BE(2) : wide === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  return { begin, length, mask: isMasked ? bytes.subarray(begin - 4, begin) : undefined };
}

/** Frames of the host pass as they come, their payload watched. */
async function pumpWatched(
  reader: Reader,
  to: Duplex,
  parts: {
    readonly stream: LeakStream | undefined;
    readonly leaked: (found: NonNullable<ReturnType<LeakStream["push"]>["found"]>) => void;
    readonly counted: (bytes: number) => void;
  },
): Promise<void> {
  let head = Buffer.alloc(0);
  let left = 0;
  let waiting: Uint8Array[] = [];
  const watch = (payload: Uint8Array): boolean => {
    const { found, holds } = parts.stream?.push(payload) ?? { found: undefined, holds: false };
    if (found) parts.leaked(found);
    return holds;
  };
  const payloadsOf = (part: Uint8Array): boolean => {
    let holds = false;
    let rest: Buffer = Buffer.concat([head, part]);
    head = Buffer.alloc(0);
    while (rest.length > 0) {
      if (left === 0) {
        const next = frameHead(rest, false);
        if (!next) {
          head = Buffer.from(rest);
          break;
        }
        left = next.length;
        rest = rest.subarray(next.begin);
      }
      const own = rest.subarray(0, left);
      if (own.length > 0) holds = watch(own);
      left -= own.length;
      rest = rest.subarray(own.length);
    }
    return holds;
  };
  for (let part = await reader.read(); part; part = await reader.read()) {
    waiting.push(part);
    parts.counted(part.length);
    if (payloadsOf(part)) continue;
    await send(to, Buffer.concat(waiting));
    waiting = [];
  }
}

function unreadable(): Fault {
  return new Fault(
    "denied",
    "egress.unreadable-body",
    "The WebSocket uses an extension, so that it cannot be looked into.",
    {
      hint: "Connect without extensions such as permessage-deflate.",
    },
  );
}
