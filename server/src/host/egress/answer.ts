// An answer on its way to the sandbox: passed on as it comes, and watched for the secrets of the house. What ends in the
// beginning of a secret waits until it is clear that it is none.
import type { Duplex, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Fault, type LeakFinding, type LeakStream } from "@homarus/sdk";
import { type BodyReader, chunk, createBodyReader, lastChunk } from "./body.ts";
import {
  type Framing,
  framingOf,
  type Head,
  type Headers,
  malformed,
  readHead,
  withoutHops,
  wordsOf,
  writeHead,
} from "./head.ts";
import type { House } from "./parts.ts";
import { type Reader, send } from "./reader.ts";

export interface AnswerWish {
  readonly method: string;
  readonly reader: Reader;
  readonly socket: Duplex;
  readonly house: House;
  /** Whether the sandbox's program is of HTTP/1.1, so that the connection may go on. */
  readonly isModern: boolean;
  readonly keepAlive: boolean;
  /** Throws where the answer has to be stopped. */
  readonly leaked: (found: LeakFinding) => void;
  readonly counted: (bytes: number) => void;
  /** Called before the head is sent: from then on no other answer can be given. */
  readonly begun: () => void;
}

export interface Answered {
  readonly status: number;
  readonly keepAlive: boolean;
}

/** An answer of this length is seen whole before its head is sent, so that it can still become a refusal. */
const wholeBytes = 256 * 1024;
/** What waits behind the beginning of a secret for longer than this is no text. */
export const mostHeld = 1024 * 1024;

/** The head of the final answer; those before it (RFC 9110, 15.2) end here. */
export async function readAnswerHead(reader: Reader, house: House): Promise<Head> {
  for (let interim = 0; interim < 20; interim++) {
    const head = await readHead(reader, house.limits.maxHeadBytes, "answer");
    if (!head) throw new Fault("unavailable", "egress.cut", "The host closed the connection without an answer.");
    const status = Number(head.line[1]);
    if (status >= 200 || status === 101) return head;
  }
  throw malformed("too many interim answers");
}

export async function relayAnswer(head: Head, wish: AnswerWish): Promise<Answered> {
  const { socket, reader, isModern } = wish;
  const status = Number(head.line[1]);
  const framing: Framing = hasNoBody(wish.method, status) ? { type: "none" } : framingOf(head, "answer");
  const watch = createAnswerWatch(head.headers, framing, wish);
  watch.head(head);
  const body = createBodyReader(reader, framing);
  const isChunked = isModern && (framing.type === "chunked" || framing.type === "rest");
  const keepAlive = wish.keepAlive && (isChunked || framing.type === "none" || framing.type === "length");
  const begin = (): Promise<void> => {
    wish.begun();
    return send(socket, answerHead(head, framing, { isChunked, keepAlive }));
  };
  const isWhole = framing.type === "length" && framing.bytes <= wholeBytes;
  if (!isWhole) await begin();
  const waiting = await pass(body, { ...wish, watch, isWhole, isChunked });
  await watch.end(body.trailers);
  if (isWhole) await begin();
  await sendPart(socket, waiting, isChunked);
  if (isChunked) await send(socket, lastChunk(body.trailers));
  return { status, keepAlive };
}

interface Passing extends AnswerWish {
  readonly watch: AnswerWatch;
  readonly isWhole: boolean;
  readonly isChunked: boolean;
}

/** Sends what is clear as it comes, and gives back what is not. */
async function pass(body: BodyReader, { house, socket, watch, isWhole, isChunked, counted }: Passing): Promise<Buffer> {
  let bytes = 0;
  let waiting = Buffer.alloc(0);
  for (let part = await body.next(); part; part = await body.next()) {
    bytes += part.length;
    counted(part.length);
    if (bytes > house.limits.maxAnswerBytes) throw answerTooLarge(house.limits.maxAnswerBytes);
    waiting = Buffer.concat([waiting, part]);
    const holds = await watch.push(part);
    if (holds && waiting.length > mostHeld) throw unclear();
    if (holds || isWhole) continue;
    await sendPart(socket, waiting, isChunked);
    waiting = Buffer.alloc(0);
  }
  return waiting;
}

async function sendPart(socket: Duplex, bytes: Buffer, isChunked: boolean): Promise<void> {
  if (bytes.length > 0) await send(socket, isChunked ? chunk(bytes) : bytes);
}

function hasNoBody(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

function answerHead(
  { line, headers }: Head,
  framing: Framing,
  { isChunked, keepAlive }: { readonly isChunked: boolean; readonly keepAlive: boolean },
): Buffer {
  const lengths = headers.filter(([name]) => name.toLowerCase() === "content-length");
  const length: Headers = framing.type === "length" ? [["Content-Length", String(framing.bytes)]] : lengths;
  return writeHead(`HTTP/1.1 ${line[1]} ${line[2]}`.trimEnd(), [
    ...withoutHops(headers),
    ...(isChunked ? [["Transfer-Encoding", "chunked"] as const] : length),
    ["Connection", keepAlive ? "keep-alive" : "close"],
  ]);
}

interface AnswerWatch {
  head(head: Head): void;
  push(bytes: Uint8Array): Promise<boolean>;
  end(trailers: Headers): Promise<void>;
}

function createAnswerWatch(headers: Headers, framing: Framing, { house, leaked }: AnswerWish): AnswerWatch {
  const isOff = house.leaks() === "off";
  const stream = house.watch.stream(house.caller, "in");
  const see = (bytes: Uint8Array, into: LeakStream): boolean => {
    const { found, holds } = into.push(bytes);
    if (found) leaked(found);
    return holds;
  };
  const decode = isOff || framing.type === "none" ? undefined : createDecoder(headers, house.limits.maxAnswerBytes);
  const seeHeaders = (list: Headers): void => {
    const lines = list.map(([name, value]) => `${name}: ${value}\n`).join("");
    if (!isOff) see(Buffer.from(lines, "latin1"), house.watch.stream(house.caller, "in"));
  };
  return {
    head: ({ line, headers: own }) => seeHeaders([["status", line[2]], ...own]),
    async push(bytes) {
      if (isOff) return false;
      let holds = false;
      for (const plain of decode ? await decode.push(bytes) : [bytes]) holds = see(plain, stream);
      return holds;
    },
    async end(trailers) {
      for (const plain of (await decode?.end()) ?? []) see(plain, stream);
      seeHeaders(trailers);
    },
  };
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What can be looked into; programs are offered no other coding. */
export const readableCodings: readonly string[] = ["gzip", "br", "identity"];

interface Decoder {
  push(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
  end(): Promise<readonly Uint8Array[]>;
}

/** All that has come out by the time it answers. Undefined where nothing is packed. */
function createDecoder(headers: Headers, most: number): Decoder | undefined {
  const named = wordsOf(headers, "content-encoding").filter((word) => word !== "identity");
  if (named.length === 0) return undefined;
  const make = named.length === 1 ? decoders[named[0] ?? ""] : undefined;
  if (!make) throw unreadable();
  const decoder = make();
  const out: Uint8Array[] = [];
  let total = 0;
  let isEmpty = true;
  let failure: unknown;
  const drain = (): void => {
    for (let part = decoder.read(); part !== null; part = decoder.read()) {
      total += part.length;
      out.push(part);
    }
  };
  decoder.on("readable", drain);
  decoder.on("error", (error) => {
    failure = error;
  });
  const take = (): readonly Uint8Array[] => {
    drain();
    if (failure) throw unreadable(failure);
    if (total > most * 8) throw answerTooLarge(most);
    return out.splice(0);
  };
  return {
    async push(bytes) {
      isEmpty = false;
      // Called also when it fails.
      await new Promise<void>((resolve) => {
        decoder.write(bytes, () => resolve());
      });
      return take();
    },
    async end() {
      if (isEmpty) return [];
      await new Promise<void>((resolve) => {
        decoder.once("error", () => resolve());
        decoder.end(() => resolve());
      });
      return take();
    },
  };
}

function unreadable(cause?: unknown): Fault {
  return new Fault(
    "unavailable",
    "egress.unreadable-answer",
    "The answer is packed so that it cannot be looked through.",
    {
      cause,
      hint: "Ask with Accept-Encoding: identity.",
    },
  );
}

export function answerTooLarge(most: number): Fault {
  return new Fault("unavailable", "egress.answer-too-large", `The answer is larger than ${most} bytes.`, {
    hint: "The owner can raise egress.maxAnswerMegabytes in homarus.json.",
  });
}

export function unclear(): Fault {
  return new Fault("denied", "egress.leak", "The answer holds what may be a secret of the house.", {
    hint: "Ask for less of it at once.",
  });
}
