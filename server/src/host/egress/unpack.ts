// What is packed in a body, so that it can be looked through: codings of HTTP, packed files, the objects of a push of
// git. What says that it is packed and cannot be unpacked is refused, and so is more than anybody has patience for; what
// only looks packed is left as it is.
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { Fault } from "@homarus/sdk";
import { type Headers, wordsOf } from "./head.ts";

/** All that comes out of one body, in bytes. More is an attack on our patience. */
const mostUnpacked = 128 * 1024 * 1024;
const mostItems = 50_000;
/** Things that looked packed and were not; to try one may cost as much as to unpack one. */
const mostFailures = 50;
const deepest = 4;
const mostCodings = 2;

interface Budget {
  bytes: number;
  items: number;
  failures: number;
}

interface Unpacked {
  readonly plain: Buffer;
  /** Of the packed bytes, those that were read. */
  readonly width: number;
}

type Unpack = (bytes: Uint8Array, maxOutputLength: number) => Unpacked;
type Options = { readonly maxOutputLength: number; readonly finishFlush?: number };

const by =
  (unzip: (bytes: Uint8Array, options: Options) => unknown, more: Partial<Options> = {}): Unpack =>
  (bytes, maxOutputLength) => {
    const { buffer, engine } = unzip(bytes, { maxOutputLength, info: true, ...more } as Options) as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return { plain: buffer, width: engine.bytesWritten };
  };

const inflateWhole = by(inflateSync);
const rawInflate = by(inflateRawSync);
/** Also what is cut off, as whoever receives it may read it. */
const looseInflate = by(inflateRawSync, { finishFlush: constants.Z_SYNC_FLUSH });

const codings: Readonly<Record<string, Unpack>> = {
  gzip: by(gunzipSync),
  "x-gzip": by(gunzipSync),
  deflate: (bytes, most) => (isZlib(bytes) ? inflateWhole : rawInflate)(bytes, most),
  br: by(brotliDecompressSync),
};

/** The body first as its coding has it, then as it is sent, then each thing in it. Throws a Fault for what cannot be looked through. */
export function unpackBody(body: Uint8Array, headers: Headers): readonly Uint8Array[] {
  if (body.length === 0) return [];
  const budget: Budget = { bytes: mostUnpacked, items: mostItems, failures: mostFailures };
  const named = wordsOf(headers, "content-encoding").filter((word) => word !== "identity");
  if (named.length > mostCodings) throw unreadable("it is packed too many times over");
  let plain = body;
  // What is packed has a head and an end of its own, in which something may stand.
  const sent: Uint8Array[] = [];
  for (const coding of named.reverse()) {
    sent.push(plain);
    plain = uncode(plain, coding, budget);
  }
  const isPush = wordsOf(headers, "content-type").includes("application/x-git-receive-pack-request");
  const pushed = isPush ? unpackPush(plain, budget) : [];
  return [plain, ...sent, ...pushed, ...inside(plain, budget, 0)];
}

function uncode(bytes: Uint8Array, coding: string, budget: Budget): Uint8Array {
  const unpack = codings[coding];
  if (!unpack) throw unreadable(`it is packed as ${JSON.stringify(coding.slice(0, 20))}`);
  let unpacked: Unpacked;
  try {
    unpacked = unpack(bytes, budget.bytes);
  } catch (cause) {
    throw unreadable("it is not packed as it says, or it grows without end", cause);
  }
  if (unpacked.width < bytes.length) throw unreadable("something stands behind the end of what is packed");
  return spend(unpacked.plain, budget);
}

function spend(bytes: Buffer, budget: Budget): Buffer {
  budget.bytes -= bytes.length;
  if (budget.bytes < 0 || --budget.items < 0) throw unreadable("too much is packed in it");
  return bytes;
}

function unreadable(why: string, cause?: unknown): Fault {
  return new Fault("denied", "egress.unreadable-body", `The body cannot be looked through: ${why}.`, {
    cause,
    hint: "Send it unpacked, or packed once as gzip, deflate or br; send what is in it in several requests.",
  });
}

/** Packed things within a text or file: by their first bytes wherever these stand, and in base64 as npm publishes. */
function inside(bytes: Uint8Array, budget: Budget, depth: number): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const packed of packedIn(bytes)) {
    const plain = unpackMaybe(packed, budget);
    if (!plain) continue;
    if (depth >= deepest) throw unreadable(`things are packed in each other more than ${deepest} times over`);
    found.push(plain, ...inside(plain, budget, depth + 1));
  }
  for (const decoded of base64In(bytes)) found.push(decoded, ...inside(decoded, budget, depth));
  return found;
}

/** Where deflated bytes (RFC 1951) begin. */
function* packedIn(bytes: Uint8Array): Generator<Uint8Array> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isZlib(bytes)) yield file.subarray(2);
  for (let at = file.indexOf(gzipMark); at >= 0; at = file.indexOf(gzipMark, at + 1)) {
    const start = afterGzipHead(file, at);
    if (start !== undefined) yield file.subarray(start);
  }
  // The deflated entries of a zip file, by their local heads. Those that are stored stand in it as they are.
  for (let at = file.indexOf(zipMark); at >= 0 && at + 30 < file.length; at = file.indexOf(zipMark, at + 4))
    if (file.readUInt16LE(at + 8) === 8)
      yield file.subarray(at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28));
}

const gzipMark = Buffer.from([0x1f, 0x8b, 0x08]);
const zipMark = "PK\x03\x04";

/** Behind the head of gzip and what may stand in it (RFC 1952, 2.3): more fields, a name, a comment, a sum. */
function afterGzipHead(file: Buffer, at: number): number | undefined {
  const flags = file[at + 3] ?? 0xff;
  if ((flags & 0xe0) !== 0) return undefined;
  let next = at + 10;
  if ((flags & 4) !== 0) next += 2 + (file[next] ?? 0) + 256 * (file[next + 1] ?? 0);
  for (const flag of [8, 16]) if ((flags & flag) !== 0) next = file.indexOf(0, next) + 1 || file.length;
  return (flags & 2) === 0 ? next : next + 2;
}

function unpackMaybe(packed: Uint8Array, budget: Budget): Buffer | undefined {
  try {
    const { plain } = looseInflate(packed, budget.bytes);
    return plain.length === 0 ? undefined : spend(plain, budget);
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    if ((thrown as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw unreadable("too much is packed in it");
    // It only looked like it, so it has been looked through as it is.
    if (--budget.failures < 0) throw unreadable("too much in it is packed in a way that is damaged");
    return undefined;
  }
}

/** Deflate with the head of zlib (RFC 1950). */
function isZlib(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) % 16 === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0 && bytes.length > 6;
}

/** Base64 of gzip begins with H4sI, that of zip with UEsDB. */
function base64In(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const runs = text.matchAll(/(?:H4sI|UEsDB)(?:[A-Za-z0-9+/_-]|\\?[\r\n])+/g);
  return Array.from(runs, ([run]) => Buffer.from(run, "base64"));
}

/** A push is lines of commands and then a pack (https://git-scm.com/docs/pack-format), each object of it deflated. */
function unpackPush(bytes: Uint8Array, budget: Budget): readonly Uint8Array[] {
  const pack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = pack.indexOf("PACK");
  // A push that only deletes has no pack.
  if (start < 0) return [];
  const count = pack.length < start + 12 ? 0 : pack.readUInt32BE(start + 8);
  const found: Uint8Array[] = [];
  let at = start + 12;
  for (let index = 0; index < count; index++) {
    at = afterObjectHead(pack, at);
    const { plain, width } = inflateObject(pack.subarray(at), budget);
    found.push(plain, ...inside(plain, budget, 1));
    at += width;
  }
  return found;
}

const offsetDelta = 6;
const namedDelta = 7;
const nameBytes = 20;

function afterObjectHead(pack: Buffer, from: number): number {
  const type = ((pack[from] ?? 0) >> 4) & 7;
  const next = afterNumber(pack, from);
  if (type === namedDelta) return next + nameBytes;
  return type === offsetDelta ? afterNumber(pack, next) : next;
}

/** A number whose bytes but the last have their highest bit set. */
function afterNumber(pack: Buffer, from: number): number {
  let at = from;
  while (((pack[at] ?? 0) & 0x80) !== 0) at++;
  return at + 1;
}

function inflateObject(bytes: Buffer, budget: Budget): Unpacked {
  try {
    const { plain, width } = inflateWhole(bytes, budget.bytes);
    return { plain: spend(plain, budget), width };
  } catch (cause) {
    throw unreadable("its pack is damaged, or too much is packed in it", cause);
  }
}
