// The name in the first message of TLS (RFC 8446, 4.1.2; RFC 6066, 3), which tells to whom a sandbox wants to speak.
import { malformed } from "./head.ts";
import type { Reader } from "./reader.ts";

/** A hello that is longer is none: those with keys of quantum-safe kinds have about two thousand bytes. */
const longest = 64 * 1024;
export const handshakeRecord = 22;
const clientHello = 1;
const serverName = 0;

/** The bytes of the whole hello, which are still to be sent on, and the name in it. */
export async function readClientHello(
  reader: Reader,
): Promise<{ readonly bytes: Buffer; readonly name: string | undefined }> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const message = messageIn(bytes);
    if (message) return { bytes, name: nameIn(message) };
    const more = bytes.length > longest ? undefined : await reader.read();
    if (more === undefined) throw malformed("its TLS begins with no ClientHello");
    bytes = Buffer.concat([bytes, more]);
  }
}

/** The handshake message out of its records, once it is whole. */
function messageIn(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    if (bytes[at] !== handshakeRecord || bytes[at + 1] !== 3) throw malformed("its TLS begins with no ClientHello");
    const length = bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
    const whole = Buffer.concat(parts);
    if (whole.length < 4) continue;
    if (whole[0] !== clientHello) throw malformed("its TLS begins with no ClientHello");
    const wanted = 4 + whole.readUIntBE(1, 3);
    if (whole.length >= wanted) return whole.subarray(4, wanted);
  }
  return undefined;
}

function nameIn(hello: Buffer): string | undefined {
  try {
    let at = 34;
    at += 1 + hello.readUInt8(at); // session
    at += 2 + hello.readUInt16BE(at); // cipher suites
    at += 1 + hello.readUInt8(at); // compression
    const end = at + 2 + hello.readUInt16BE(at);
    for (at += 2; at + 4 <= end; ) {
      const [type, length] = [hello.readUInt16BE(at), hello.readUInt16BE(at + 2)];
      if (type === serverName) return serverNameIn(hello.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return undefined;
  } catch (cause) {
    if ((cause as { code?: string }).code !== "ERR_OUT_OF_RANGE" && !(cause instanceof RangeError)) throw cause;
    throw malformed("its ClientHello");
  }
}

/** One name of the type host_name; a list of more has no one meaning. */
function serverNameIn(list: Buffer): string {
  const length = list.readUInt16BE(3);
  if (list.readUInt8(2) !== 0 || list.readUInt16BE(0) !== length + 3) throw malformed("the names in its ClientHello");
  return list
    .toString("latin1", 5, 5 + length)
    .toLowerCase()
    .replace(/\.$/, "");
}
