// What is packed in a body, so that it can be looked through: codings of HTTP, packed files, the objects of a push of
// git. What says that it is packed and cannot be unpacked is refused; what only looks like it is left as it is.
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { Fault } from "@homarus/sdk";
import { type Headers, wordsOf } from "./head.ts";

/** All that comes out of one body, in bytes. More is an attack on our patience. */
const mostUnpacked = 128 * 1024 * 1024;
const mostItems = 50_000;
const deepest = 4;
const mostCodings = 2;

interface Budget {
  bytes: number;
  items: number;
}

type Unpack = (bytes: Uint8Array, maxOutputLength: number) => Buffer;

const ungzip: Unpack = (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength });
const rawInflate: Unpack = (bytes, maxOutputLength) => inflateRawSync(bytes, { maxOutputLength });
const inflate: Unpack = (bytes, maxOutputLength) =>
  isZlib(bytes) ? inflateSync(bytes, { maxOutputLength }) : rawInflate(bytes, maxOutputLength);
const unbrotli: Unpack = (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength });

const codings: Readonly<Record<string, Unpack>> = { gzip: ungzip, "x-gzip": ungzip, deflate: inflate, br: unbrotli };

/** The body first as its coding has it, then each thing in it. Throws a Fault for what cannot be looked through. */
export function unpackBody(body: Uint8Array, headers: Headers): readonly Uint8Array[] {
  if (body.length === 0) return [];
  const budget: Budget = { bytes: mostUnpacked, items: mostItems };
  const named = wordsOf(headers, "content-encoding").filter((word) => word !== "identity");
  if (named.length > mostCodings) throw unreadable("it is packed too many times over");
  let plain = body;
  for (const coding of named.reverse()) plain = uncode(plain, coding, budget);
  const isPush = wordsOf(headers, "content-type").includes("application/x-git-receive-pack-request");
  return isPush ? [plain, ...unpackPush(plain, budget)] : [plain, ...inside(plain, budget, 0)];
}

function uncode(bytes: Uint8Array, coding: string, budget: Budget): Uint8Array {
  const unpack = codings[coding];
  if (!unpack) throw unreadable(`it is packed as ${JSON.stringify(coding.slice(0, 20))}`);
  try {
    return spend(unpack(bytes, budget.bytes), budget);
  } catch (cause) {
    throw unreadable("it is not packed as it says, or it grows without end", cause);
  }
}

function spend(bytes: Buffer, budget: Budget): Buffer {
  budget.bytes -= bytes.length;
  if (budget.bytes < 0 || --budget.items < 0) throw unreadable("too much is packed in it");
  return bytes;
}

function unreadable(why: string, cause?: unknown): Fault {
  return new Fault("denied", "egress.unreadable-body", `The body cannot be looked through: ${why}.`, {
    cause,
    hint: "Send it unpacked, or packed as gzip, deflate or br.",
  });
}

/** Packed things within a text or file: by their first bytes, and in base64 as npm publishes. */
function inside(bytes: Uint8Array, budget: Budget, depth: number): readonly Uint8Array[] {
  if (depth >= deepest) return [];
  const found: Uint8Array[] = [];
  const attempt = (packed: Uint8Array, unpack: Unpack): void => {
    const plain = unpackMaybe(packed, unpack, budget);
    if (plain) found.push(plain, ...inside(plain, budget, depth + 1));
  };
  for (const [packed, unpack] of packedIn(bytes)) attempt(packed, unpack);
  return found;
}

function packedIn(bytes: Uint8Array): readonly (readonly [packed: Uint8Array, unpack: Unpack])[] {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [[bytes, ungzip]];
  if (isZlib(bytes)) return [[bytes, inflate]];
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return zipEntries(bytes).map((entry) => [entry, rawInflate]);
  return [
    ...partsInForm(bytes).map((part) => [part, ungzip] as const),
    ...base64In(bytes).map((part) => [part, part[0] === 0x50 ? firstZipEntry : ungzip] as const),
  ];
}

function unpackMaybe(packed: Uint8Array, unpack: Unpack, budget: Budget): Buffer | undefined {
  let plain: Buffer;
  try {
    plain = unpack(packed, budget.bytes);
  } catch (thrown) {
    if ((thrown as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw unreadable("too much is packed in it");
    // It only looked like it, so it has been looked through as it is.
    return undefined;
  }
  return spend(plain, budget);
}

/** Deflate with the head of zlib (RFC 1950). */
function isZlib(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) % 16 === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0 && bytes.length > 6;
}

/** The deflated entries of a zip file, by their local heads. Those that are stored stand in it as they are. */
function zipEntries(bytes: Uint8Array): readonly Uint8Array[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Uint8Array[] = [];
  for (let at = file.indexOf("PK\x03\x04"); at >= 0 && at + 30 < file.length; at = file.indexOf("PK\x03\x04", at + 4)) {
    const start = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
    if (file.readUInt16LE(at + 8) === 8 && found.length < 2000) found.push(file.subarray(start));
  }
  return found;
}

const firstZipEntry: Unpack = (bytes, most) => Buffer.concat(zipEntries(bytes).map((entry) => rawInflate(entry, most)));

/** A file in a form of several parts, where it begins with the head of gzip. */
function partsInForm(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Uint8Array[] = [];
  const mark = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x1f, 0x8b, 0x08]);
  for (let at = text.indexOf(mark); at >= 0 && found.length < 100; at = text.indexOf(mark, at + 1))
    found.push(text.subarray(at + 4));
  return found;
}

/** Base64 of gzip begins with H4sI, that of zip with UEsDB. */
function base64In(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const runs = text.matchAll(/(?:H4sI|UEsDB)(?:[A-Za-z0-9+/_-]|\\?[\r\n])+/g);
  return Array.from(runs, ([run]) => Buffer.from(run, "base64")).slice(0, 200);
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

function inflateObject(bytes: Buffer, budget: Budget): { readonly plain: Buffer; readonly width: number } {
  try {
    const result = inflateSync(bytes, { maxOutputLength: budget.bytes, info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return { plain: spend(result.buffer, budget), width: result.engine.bytesWritten };
  } catch (cause) {
    throw unreadable("its pack is damaged, or too much is packed in it", cause);
  }
}
