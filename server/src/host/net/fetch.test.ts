import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { Fault } from "@homarus/sdk";
import { createGuardedFetch } from "./fetch.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const seen: Seen[] = [];
let server: Server;
let host: string;
let port: number;

const packed: Readonly<Record<string, (text: string) => Uint8Array>> = {
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
};

function answer(path: string, query: URLSearchParams, response: ServerResponse): void {
  if (path === "/to")
    return void response.writeHead(Number(query.get("status") ?? 302), { location: query.get("url") ?? "" }).end();
  if (path === "/loop") return void response.writeHead(302, { location: "/loop" }).end();
  if (path === "/packed") {
    const coding = query.get("as") ?? "";
    return void response.writeHead(200, { "content-encoding": coding }).end(packed[coding]?.("unpacked text") ?? "raw");
  }
  if (path === "/bomb")
    return void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(new Uint8Array(5_000_000)));
  if (path === "/cut") {
    response.writeHead(200, { "content-length": "100" }).write("begin");
    return void setImmediate(() => response.destroy());
  }
  if (path === "/hang") return void response.writeHead(200).write("begin");
  if (path === "/large") return void response.writeHead(200).end(new Uint8Array(5000));
  response.writeHead(200, { "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] }).end("hello");
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    request.on("end", () => {
      seen.push({
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      const url = new URL(request.url ?? "/", "http://x");
      answer(url.pathname, url.searchParams, response);
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  port = (server.address() as AddressInfo).port;
  host = `127.0.0.1:${port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const open = (options: Parameters<typeof createGuardedFetch>[0] = {}) =>
  createGuardedFetch({ allowPrivate: (name) => name === host, ...options });

async function faultOf(work: Promise<unknown>): Promise<Pick<Fault, "kind" | "code">> {
  const thrown = await work.then(
    () => ({ kind: "nothing", code: "nothing was refused" }),
    (fault: Fault) => ({ kind: fault.kind, code: fault.code }),
  );
  return thrown as Pick<Fault, "kind" | "code">;
}

const denied = { kind: "denied", code: "net.private-address" } as const;

describe("[L25] what is not on the public internet is refused before anything is sent:", () => {
  test.each([
    "http://127.0.0.1:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST.:PORT/",
    "http://any.localhost:PORT/",
    "http://0.0.0.0:PORT/",
    "http://0:PORT/",
    "http://127.1:PORT/",
    "http://2130706433:PORT/",
    "http://017700000001:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7f.0.0.0x1:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://127。0。0。1:PORT/",
    "http://①②⑦.0.0.1:PORT/",
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[fe80::1]:PORT/",
    "http://[fd00:ec2::254]/latest/meta-data",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://100.100.100.200/",
  ])("%s", async (url) => {
    const before = seen.length;
    expect(await faultOf(createGuardedFetch()(url.replace("PORT", String(port))))).toEqual(denied);
    expect(seen.length).toBe(before);
  });

  test("a name that resolves to such an address, also beside a public one", async () => {
    for (const addresses of [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1", "2606:4700::1"], ["not an address"]]) {
      const fetch = createGuardedFetch({ resolve: async () => addresses });
      expect(await faultOf(fetch(`http://rebind.example:${port}/`))).toEqual(denied);
    }
  });
});

describe("[L25] other ways in are refused too:", () => {
  test.each([
    "file:///etc/passwd",
    "ftp://example.org/",
    "data:text/plain,hi",
    "gopher://example.org/",
    "blob:http://example.org/x",
    "ws://example.org/",
  ])("the scheme of %s", async (url) => {
    expect(await faultOf(createGuardedFetch()(url))).toEqual({ kind: "denied", code: "net.scheme" });
  });

  test("a name and password in the address", async () => {
    expect(await faultOf(open()(`http://user:pass@${host}/`))).toEqual({ kind: "denied", code: "net.credentials" });
    expect(await faultOf(open()(`http://user@${host}/`))).toEqual({ kind: "denied", code: "net.credentials" });
  });

  test("what is no address at all", async () => {
    for (const url of ["", "/path", "http://", "http://[::1", "http://a b/", "http://256.1.1.1/"]) {
      expect(await faultOf(createGuardedFetch()(url))).toEqual({ kind: "invalid", code: "net.address" });
    }
  });

  test("a redirect to a private address, another scheme or with credentials", async () => {
    const to = (url: string) => `http://${host}/to?url=${encodeURIComponent(url)}`;
    expect(await faultOf(open()(to(`http://localhost:${port}/`)))).toEqual(denied);
    expect(await faultOf(open()(to("http://169.254.169.254/")))).toEqual(denied);
    expect(await faultOf(open()(to("file:///etc/passwd")))).toEqual({ kind: "denied", code: "net.scheme" });
    expect(await faultOf(open()(to(`http://a:b@${host}/`)))).toEqual({ kind: "denied", code: "net.credentials" });
  });

  test("a name that is public at first and private at the redirect", async () => {
    const answers = [["127.0.0.1"], ["10.0.0.7"]];
    const asked: string[] = [];
    const fetch = createGuardedFetch({
      allowPrivate: () => asked.length < 2,
      resolve: async (name) => {
        asked.push(name);
        return answers.shift() ?? [];
      },
    });
    expect(await faultOf(fetch(`http://rebind.example:${port}/to?url=/secret`))).toEqual(denied);
    expect(asked).toEqual(["rebind.example", "rebind.example"]);
  });
});

describe("the checked address is the one that is connected to:", () => {
  test("the name is resolved once and never again", async () => {
    const answers = [["127.0.0.1"], ["127.0.0.2"]];
    const fetch = createGuardedFetch({ allowPrivate: () => true, resolve: async () => answers.shift() ?? [] });
    const response = await fetch(`http://only-here.invalid:${port}/pinned`);
    expect(await response.text()).toBe("hello");
    expect(answers).toEqual([["127.0.0.2"]]);
    expect(seen.at(-1)?.headers.host).toBe(`only-here.invalid:${port}`);
  });

  test("the next address is tried when one does not take the connection", async () => {
    const fetch = createGuardedFetch({ allowPrivate: () => true, resolve: async () => ["127.0.0.9", "127.0.0.1"] });
    expect((await fetch(`http://two.example:${port}/`)).status).toBe(200);
  });
});

describe("it is a fetch:", () => {
  test("status, headers, body and the final address come back", async () => {
    const response = await open()(`http://${host}/to?url=/end%3Fa=1`);
    expect([response.status, response.url, response.redirected]).toEqual([200, `http://${host}/end?a=1`, true]);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.text()).toBe("hello");
  });

  test.each(["gzip", "br", "deflate"])("%s is unpacked", async (coding) => {
    const response = await open()(`http://${host}/packed?as=${coding}`);
    expect(await response.text()).toBe("unpacked text");
    expect(response.headers.has("content-encoding")).toBe(false);
  });

  test("an unknown packing is refused", async () => {
    expect(await faultOf(open()(`http://${host}/packed?as=zork`))).toEqual({
      kind: "unavailable",
      code: "net.encoding",
    });
  });

  test("a body is sent, also through a 307, and becomes a GET through a 303", async () => {
    const send = (status: number) =>
      open()(`http://${host}/to?status=${status}&url=/end`, {
        method: "POST",
        body: "grüße",
        headers: { "content-type": "text/plain" },
      });
    await send(307);
    expect(seen.at(-1)).toMatchObject({ method: "POST", url: "/end", body: "grüße" });
    await send(303);
    expect(seen.at(-1)).toMatchObject({ method: "GET", url: "/end", body: "" });
    expect(seen.at(-1)?.headers["content-type"]).toBeUndefined();
  });

  test("authorization stays with its origin", async () => {
    const other = `other.example:${port}`;
    const fetch = createGuardedFetch({ allowPrivate: () => true, resolve: async () => ["127.0.0.1"] });
    const headers = { authorization: "Bearer secret", cookie: "a=1" };
    await fetch(`http://${host}/to?url=/same`, { headers });
    expect(seen.at(-1)?.headers.authorization).toBe("Bearer secret");
    await fetch(`http://${host}/to?url=${encodeURIComponent(`http://${other}/other`)}`, { headers });
    expect(seen.at(-1)).toMatchObject({ url: "/other" });
    expect([seen.at(-1)?.headers.authorization, seen.at(-1)?.headers.cookie]).toEqual([undefined, undefined]);
  });

  test("the caller cannot set the headers of the connection", async () => {
    await open()(`http://${host}/`, { headers: { host: "evil.example", "transfer-encoding": "chunked" } });
    expect(seen.at(-1)?.headers.host).toBe(host);
    expect(seen.at(-1)?.headers["transfer-encoding"]).toBeUndefined();
  });

  test("five redirects are followed and no more", async () => {
    const before = seen.length;
    expect(await faultOf(open()(`http://${host}/loop`))).toEqual({ kind: "denied", code: "net.redirects" });
    expect(seen.length - before).toBe(6);
  });

  test("redirect: manual hands the redirect over, redirect: error refuses it", async () => {
    const response = await open()(`http://${host}/to?url=/end`, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/end"]);
    expect(await faultOf(open()(`http://${host}/loop`, { redirect: "error" }))).toEqual({
      kind: "denied",
      code: "net.redirects",
    });
  });
});

describe("trouble comes as a fault:", () => {
  const tooLarge = { kind: "invalid", code: "net.too-large" } as const;

  test("a body over the limit, announced, unannounced or packed small", async () => {
    const fetch = open({ maxBytes: 1000 });
    expect(await faultOf(fetch(`http://${host}/large`).then((response) => response.text()))).toEqual(tooLarge);
    expect(await faultOf(fetch(`http://${host}/bomb`).then((response) => response.text()))).toEqual(tooLarge);
    expect((await (await open({ maxBytes: 5000 })(`http://${host}/large`)).arrayBuffer()).byteLength).toBe(5000);
  });

  test("a body that breaks off", async () => {
    expect(await faultOf(open()(`http://${host}/cut`).then((response) => response.text()))).toEqual({
      kind: "unavailable",
      code: "net.cut",
    });
  });

  test("nobody answers, nobody knows the name", async () => {
    const nobody = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => nobody.once("listening", resolve));
    const closed = (nobody.address() as AddressInfo).port;
    await new Promise((resolve) => nobody.close(resolve));
    const all = { allowPrivate: () => true };
    expect(await faultOf(createGuardedFetch(all)(`http://127.0.0.1:${closed}/`))).toEqual({
      kind: "unavailable",
      code: "net.unreachable",
    });
    const unknown = createGuardedFetch({ resolve: () => Promise.reject(new Error("ENOTFOUND")) });
    expect(await faultOf(unknown("http://nowhere.invalid/"))).toEqual({ kind: "unavailable", code: "net.unresolved" });
    expect(await faultOf(createGuardedFetch({ resolve: async () => [] })("http://empty.invalid/"))).toEqual({
      kind: "unavailable",
      code: "net.unresolved",
    });
  });

  test("an abort ends the wait for the body", async () => {
    const stop = new AbortController();
    const response = await open()(`http://${host}/hang`, { signal: stop.signal });
    const reading = response.text().then(
      () => "read",
      () => "ended",
    );
    stop.abort();
    expect(await reading).toBe("ended");
  });

  test("an abort beforehand sends nothing", async () => {
    const before = seen.length;
    expect(await open()(`http://${host}/`, { signal: AbortSignal.abort() }).catch((thrown: Error) => thrown.name)).toBe(
      "AbortError",
    );
    expect(seen.length).toBe(before);
  });
});
