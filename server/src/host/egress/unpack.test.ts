// What is refused because it cannot be looked through, and what of a body is looked through.
import { expect, test } from "bun:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { unpackBody } from "./unpack.ts";

const word = "found-it-7";
const textOf = (body: Uint8Array, coding?: string): string =>
  unpackBody(body, coding === undefined ? [] : [["Content-Encoding", coding]])
    .map((part) => Buffer.from(part).toString("latin1"))
    .join("\n");

/** One deflated entry with its local head. */
function zipped(text: string): Buffer {
  const head = Buffer.alloc(30);
  head.write("PK\x03\x04", 0, "latin1");
  head.writeUInt16LE(8, 8);
  return Buffer.concat([head, deflateRawSync(text)]);
}

const nested = (depth: number): Buffer =>
  Array.from({ length: depth }).reduce<Buffer>((inner) => gzipSync(inner), Buffer.from(word));

test.each([
  ["gzip", gzipSync(word)],
  ["gzip with a wrong sum", Buffer.concat([gzipSync(word).subarray(0, -8), Buffer.alloc(8)])],
  ["zlib that is cut off", deflateSync(`${word} ${"abc ".repeat(99)}`).subarray(0, -5)],
  ["zip behind something else", Buffer.concat([Buffer.from("a form\r\n\r\n"), zipped(word)])],
  [
    "zip in base64, behind an entry that is damaged",
    Buffer.from(`{"a":"${Buffer.concat([zipped("a").fill(0xff, 31), zipped(word)]).toString("base64")}"}`),
  ],
  ["things packed four times over", nested(4)],
])("what is in %s is looked through", (_, body) => {
  expect(textOf(body)).toContain(word);
});

test.each([
  ["things packed in each other without end", nested(6), undefined],
  ["what grows without end", deflateSync(Buffer.alloc(130 * 1024 * 1024)), undefined],
  ["a zip of base64 that grows without end", base64Bomb(), undefined],
  ["much that is damaged", Buffer.concat(Array.from({ length: 60 }, () => zipped("a").fill(0xff, 30))), undefined],
  ["something behind the end of br", Buffer.concat([brotliCompressSync("a"), Buffer.from("more")]), "br"],
  ["something behind the end of deflate", Buffer.concat([deflateSync("a"), Buffer.from("more")]), "deflate"],
  ["something behind the end of gzip", Buffer.concat([gzipSync("a"), Buffer.from("more")]), "gzip"],
])("%s is refused", (_, body, coding) => {
  expect(() => textOf(body, coding)).toThrow("cannot be looked through");
});

function base64Bomb(): Buffer {
  const head = zipped("").subarray(0, 30);
  return Buffer.from(Buffer.concat([head, deflateRawSync(Buffer.alloc(130 * 1024 * 1024))]).toString("base64"));
}

test("what only looks packed is left as it is", () => {
  const bytes = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff]);
  expect(unpackBody(bytes, [])).toEqual([bytes]);
});
