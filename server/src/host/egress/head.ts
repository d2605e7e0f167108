// The heads of HTTP/1.1 messages (RFC 9112), read strictly: what two programs could read in two ways is refused, so that
// nobody behind this proxy sees another request than the one that was judged.
import { Fault } from "@homarus/sdk";
import type { Reader } from "./reader.ts";

export type Headers = readonly (readonly [name: string, value: string])[];

export interface Head {
  readonly line: readonly [string, string, string];
  readonly headers: Headers;
}

export type Framing =
  | { readonly type: "none" }
  | { readonly type: "length"; readonly bytes: number }
  | { readonly type: "chunked" }
  /** Until the connection ends; answers only. */
  | { readonly type: "rest" };

const mostHeaders = 200;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** The longest method that is known anywhere has 17 letters (UPDATEREDIRECTREF, RFC 4437). */
const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}) ([\x21-\x7e]+) (HTTP\/1\.[01])$/;
const statusLine = /^(HTTP\/1\.[01]) ([1-9]\d{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const tab = 9;

export function malformed(what: string): Fault {
  return new Fault("invalid", "egress.malformed", `The message is not plain HTTP/1.1: ${what}.`, {
    hint: "It was not passed on, because others could read it in another way. Send it as RFC 9112 has it.",
  });
}

/** Undefined where the connection ended before a first byte. */
export async function readHead(reader: Reader, most: number, kind: "request" | "answer"): Promise<Head | undefined> {
  const text = await readHeadText(reader, most);
  if (text === undefined) return undefined;
  const [first = "", ...lines] = text.split("\r\n");
  const match = (kind === "request" ? requestLine : statusLine).exec(first);
  if (!match) throw malformed("its first line");
  if (lines.length > mostHeaders) throw malformed("too many headers");
  return { line: [match[1] ?? "", match[2] ?? "", match[3] ?? ""], headers: lines.map(headerOf) };
}

async function readHeadText(reader: Reader, most: number): Promise<string | undefined> {
  let text = "";
  for (;;) {
    const chunk = await reader.read();
    if (chunk === undefined) {
      if (text === "") return undefined;
      throw malformed("it ends within its head");
    }
    text += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    // One empty line before a request is allowed (RFC 9112, 2.2).
    if (text.startsWith("\r\n")) text = text.slice(2);
    const end = text.indexOf("\r\n\r\n");
    if (end > most || (end < 0 && text.length > most)) throw tooLong();
    if (end < 0) continue;
    reader.unread(Buffer.from(text.slice(end + 4), "latin1"));
    return text.slice(0, end);
  }
}

function tooLong(): Fault {
  return new Fault("overflow", "egress.head-too-large", "The head of the message is too large.", {
    hint: "Send fewer or shorter headers.",
  });
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(":");
  const [name, value] = [line.slice(0, Math.max(0, colon)), line.slice(colon + 1).trim()];
  if (!token.test(name)) throw malformed("the name of a header");
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if ((code < 32 && code !== tab) || code === 127) throw malformed(`a control character in the header ${name}`);
  }
  return [name, value];
}

export function valuesOf(headers: Headers, name: string): readonly string[] {
  return headers.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
}

/** The words of a header that is a list. */
export function wordsOf(headers: Headers, name: string): readonly string[] {
  return valuesOf(headers, name).flatMap((value) =>
    value
      .split(",")
      .map((word) => word.trim().toLowerCase())
      .filter((word) => word !== ""),
  );
}

/** How long the body is (RFC 9112, 6.3), where only one answer to that is possible. */
export function framingOf({ line, headers }: Head, kind: "request" | "answer"): Framing {
  const coding = valuesOf(headers, "transfer-encoding");
  const lengths = valuesOf(headers, "content-length");
  const version = kind === "request" ? line[2] : line[0];
  if (coding.length > 0) {
    if (lengths.length > 0) throw malformed("both Transfer-Encoding and Content-Length");
    if (coding.length > 1 || coding[0]?.toLowerCase() !== "chunked") throw malformed("its Transfer-Encoding");
    if (version !== "HTTP/1.1") throw malformed("Transfer-Encoding in HTTP/1.0");
    return { type: "chunked" };
  }
  if (lengths.length > 1) throw malformed("more than one Content-Length");
  if (lengths[0] === undefined) return { type: kind === "request" ? "none" : "rest" };
  if (!/^\d{1,15}$/.test(lengths[0])) throw malformed("its Content-Length");
  return { type: "length", bytes: Number(lengths[0]) };
}

export function writeHead(line: string, headers: Headers): Buffer {
  return Buffer.from(
    `${[line, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\r\n")}\r\n\r\n`,
    "latin1",
  );
}

/** Headers of one connection, which no proxy passes on (RFC 9110, 7.6.1), and those that Connection names. */
export function withoutHops(headers: Headers, more: readonly string[] = []): Headers {
  const hops = new Set([
    ...["connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate", "te"],
    ...["trailer", "transfer-encoding", "upgrade", "http2-settings", "content-length", "expect"],
    ...wordsOf(headers, "connection"),
    ...more,
  ]);
  return headers.filter(([name]) => !hops.has(name.toLowerCase()));
}
