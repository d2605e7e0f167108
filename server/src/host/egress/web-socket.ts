// WebSocket through the door (RFC 6455): frames are looked into on both ways. Extensions are not offered to the host, so
// that what is in a frame can be read.
import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { Fault, type LeakStream, toFault } from "@homarus/sdk";
import { type Account, noteLeak } from "./account.ts";
import { answerTooLarge, mostHeld, unclear } from "./answer.ts";
import { type Head, type Headers, malformed, valuesOf, withoutHops, wordsOf, writeHead } from "./head.ts";
import { bodyTooLarge, busy } from "./held-body.ts";
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
  const toSandbox = { isBetween: true };
  const outwards = pumpWhole(reader, upstream, { house, see: seeOut, account });
  const inwards = pumpWatched(back, socket, {
    ...{ house, account, between: toSandbox },
    stream: isOff ? undefined : into,
    leaked: (found) => noteLeak(house, account, found, "in"),
  });
  // One side that ends ends both; a leak on either is what is told.
  try {
    await Promise.race([outwards, inwards]);
  } catch (thrown) {
    const code = closeCodes[toFault(thrown).code];
    if (code !== undefined)
      await Promise.all([
        toSandbox.isBetween ? sendClose(socket, code, house, { isMasked: false }) : undefined,
        sendClose(upstream, code, house, { isMasked: true }),
      ]);
    throw thrown;
  } finally {
    upstream.destroy();
    socket.destroy();
    await Promise.allSettled([outwards, inwards]);
  }
}

/** Too big, try again later, against the policy (RFC 6455, 7.4.1 and its registry). */
const closeCodes: Readonly<Record<string, number>> = {
  "egress.answer-too-large": 1009,
  "egress.body-too-large": 1009,
  "egress.busy": 1013,
  "egress.leak": 1008,
};
const closeMs = 1000;

/** Says why, and does not wait long for somebody who does not read. */
async function sendClose(to: Duplex, code: number, { clock }: House, { isMasked }: { isMasked: boolean }) {
  const payload = Buffer.from([code >> 8, code & 0xff]);
  const mask = randomBytes(4);
  const masked = payload.map((byte, at) => byte ^ (mask[at] ?? 0));
  const frame = isMasked ? [0x88, 0x82, ...mask, ...masked] : [0x88, 0x02, ...payload];
  const late = new AbortController();
  try {
    await Promise.race([send(to, Buffer.from(frame)), clock.sleep(clock.now() + closeMs, late.signal)]);
  } catch {
    // It is closed already: nobody is left to be told.
  } finally {
    late.abort();
  }
}

/** Whole, or as much of it as is there. */
interface Frame {
  /** As it came. */
  readonly bytes: Buffer;
  readonly payload: Buffer;
}

/** Frames of the sandbox leave one by one, each once it is whole and seen; until then they count among what is held. */
async function pumpWhole(
  reader: Reader,
  to: Duplex,
  { house, see, account }: { house: House; see: (payload: Uint8Array) => void; account: Account },
): Promise<void> {
  const { maxBodyBytes, maxHeldBytes } = house.limits;
  let parts: Uint8Array[] = [];
  let held = 0;
  let needed = 0;
  const hold = (bytes: number): void => {
    held += bytes;
    house.held.bytes += bytes;
  };
  try {
    for (let part = await reader.read(); part; part = await reader.read()) {
      hold(part.length);
      if (house.held.bytes > maxHeldBytes) throw busy();
      parts.push(part);
      if (held < needed) continue;
      let bytes = Buffer.concat(parts);
      for (let frame = frameIn(bytes, maxBodyBytes); frame; frame = frameIn(bytes, maxBodyBytes)) {
        see(frame.payload);
        account.bytesOut += frame.bytes.length;
        await send(to, frame.bytes);
        bytes = bytes.subarray(frame.bytes.length);
        hold(-frame.bytes.length);
      }
      const head = frameHead(bytes, true);
      parts = [bytes];
      needed = head ? head.begin + head.length : 0;
    }
  } finally {
    hold(-held);
  }
}

function frameIn(bytes: Buffer, most: number): Frame | undefined {
  const head = frameHead(bytes, true);
  if (!head) return undefined;
  if (head.length > most) throw bodyTooLarge(most);
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

interface Watching {
  readonly house: House;
  readonly account: Account;
  readonly stream: LeakStream | undefined;
  readonly leaked: (found: NonNullable<ReturnType<LeakStream["push"]>["found"]>) => void;
  /** Whether what was sent ends where a frame ends, so that another may follow. */
  readonly between: { isBetween: boolean };
}

/** Frames of the host pass as they come, their payload watched. One that would be too much is not begun. */
async function pumpWatched(reader: Reader, to: Duplex, parts: Watching): Promise<void> {
  const { maxAnswerBytes } = parts.house.limits;
  const frames = createFrameCutter(maxAnswerBytes);
  let waiting = Buffer.alloc(0);
  let holds = false;
  const pass = async (): Promise<void> => {
    if (waiting.length === 0) return;
    parts.between.isBetween = frames.isBetween();
    await send(to, waiting);
    waiting = Buffer.alloc(0);
  };
  const watch = (payload: Uint8Array): void => {
    if (payload.length === 0) return;
    const seen = parts.stream?.push(payload);
    if (seen?.found) parts.leaked(seen.found);
    holds = seen?.holds ?? false;
  };
  for (let part = await reader.read(); part; part = await reader.read()) {
    parts.account.bytesIn += part.length;
    const { pieces, isTooMuch } = frames.cut(part);
    for (const { payload } of pieces) watch(payload);
    waiting = Buffer.concat([waiting, ...pieces.map(({ bytes }) => bytes)]);
    if (!holds) await pass();
    if (isTooMuch) throw answerTooLarge(maxAnswerBytes);
    if (waiting.length > mostHeld) throw unclear();
  }
  await pass();
}

/** Cuts at the heads of frames, and stops before a frame with which all together would be too much. */
function createFrameCutter(most: number) {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let all = 0;
  return {
    isBetween: () => left === 0,
    cut(part: Uint8Array): { readonly pieces: readonly Frame[]; readonly isTooMuch: boolean } {
      const pieces: Frame[] = [];
      rest = Buffer.concat([rest, part]);
      while (rest.length > 0) {
        const head = left === 0 ? frameHead(rest, false) : { begin: 0, length: left };
        if (!head) break;
        if (left === 0) all += head.begin + head.length;
        if (all > most) return { pieces, isTooMuch: true };
        const bytes = rest.subarray(0, head.begin + head.length);
        const payload = bytes.subarray(head.begin);
        pieces.push({ bytes, payload });
        left = head.length - payload.length;
        rest = rest.subarray(bytes.length);
      }
      return { pieces, isTooMuch: false };
    },
  };
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
