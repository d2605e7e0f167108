// Who gets through the door and who does not: tokens, addresses inside, messages with two meanings, tunnels with another
// name, decisions that are waited for. Each ends with nothing sent.
import { afterEach, describe, expect, test } from "bun:test";
import { Resolver } from "node:dns/promises";
import { lstatSync, statSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import type { EgressRequest } from "@homarus/sdk";
import { ask, dial, proxyHeader, say, secure, tokenOf, tunnel } from "./raw.ts";
import { openWorld, type WorldWish } from "./world.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const allowed = { host: "remote.example:*", action: "allow" as const, private: true };

async function worldOf(wish: WorldWish = {}) {
  const world = await openWorld({ ...wish, settings: { rules: [allowed], ...wish.settings } });
  closers.push(world.close);
  const plain = await world.remote((_, response) => response.end("reached"), false);
  const name = `remote.example:${plain.port}`;
  return { ...world, plain, name, box: await world.sandbox() };
}

const codeOf = (answer: string): string | undefined => /X-Homarus-Denied: (\S+)/.exec(answer)?.[1];

describe("the token", () => {
  test("[Y10] of another sandbox, none, or a wrong one is answered with 407, and nothing goes out", async () => {
    const { sandbox, box, name, plain } = await worldOf();
    const other = await sandbox({ sandboxId: "box-2" });
    const head = `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n`;
    const headers = [
      "",
      proxyHeader(tokenOf(other)),
      proxyHeader(`${tokenOf(box)}x`),
      proxyHeader(""),
      "Proxy-Authorization: Bearer nonsense\r\n",
      `Proxy-Authorization: Basic ${btoa(tokenOf(box))}\r\n`,
      `${proxyHeader(tokenOf(box))}${proxyHeader(tokenOf(box))}`,
    ];
    for (const header of headers) {
      const answer = await say(await dial(box), `${head}${header}\r\n`);
      expect(answer).toStartWith("HTTP/1.1 407 ");
      expect(codeOf(answer)).toBe("egress.token");
    }
    const closed = await say(await dial(box), `CONNECT ${name} HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
    expect(closed).toStartWith("HTTP/1.1 407 ");
    expect(plain.seen).toEqual([]);
    expect(await say(await dial(box), `${head}Proxy-Authorization: Bearer ${tokenOf(box)}\r\n\r\n`)).toContain(
      "reached",
    );
  });

  test("[L01] is gone with its lease: the socket too, and what was under way is cut off", async () => {
    const world = await worldOf({
      ask: () => new Promise(() => undefined),
      settings: { rules: [{ ...allowed, action: "ask" }] },
    });
    const { box, name, plain } = world;
    const waiting = ask(box, `GET http://${name}/ HTTP/1.1\r\nHost: ${name}`);
    const { socket } = await tunnel(box, name);
    const cut = new Promise((resolve) => socket.once("close", resolve));
    await box.close();
    expect(await waiting).not.toContain("reached");
    await cut;
    const failure = await new Promise<NodeJS.ErrnoException>((resolve) =>
      connect(box.lease.door.socket).once("error", resolve),
    );
    expect(failure.code).toMatch(/ENOENT|ECONNREFUSED/);
    expect(plain.seen).toEqual([]);
    await world.egress.close();
    expect(
      await world.egress.lease({ sandboxId: "b", agent: "main", sessionKey: "s" }).catch((fault) => fault.code),
    ).toBe("egress.closed");
  });

  test("[L01] and the authority's key lie where only this user reads; the certificate may be read", async () => {
    const { box, folder } = await worldOf();
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    const { socket, authority } = box.lease.door;
    expect([mode(socket), mode(dirname(socket)), mode(join(folder, "egress")), mode(authority)]).toEqual([
      "600",
      "700",
      "700",
      "644",
    ]);
    expect(mode(join(folder, "egress", "authority-key.pem"))).toBe("600");
    expect(lstatSync(socket).isSocket()).toBe(true);
    expect(Buffer.byteLength(socket)).toBeLessThan(104);
  });
});

const inside = [
  ...[
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "127.1",
    "0",
    "0.0.0.0",
    "127.0.0.1.",
    "10.0.0.1",
    "0x7f.1",
  ],
  ...[
    "169.254.169.254",
    "100.100.100.200",
    "192.168.1.1",
    "172.16.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[fd00::1]",
  ],
  ...[
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[fe80::1]",
    "[2002:7f00:1::]",
    "[fe80::1%25eth0]",
    "localhost",
    "localhost.",
  ],
  ...[
    "a.localhost",
    "router",
    "printer.local",
    "metadata.google.internal",
    "nas.home.arpa",
    "inside.example",
    "mixed.example",
  ],
  ...[
    "remote.example@127.0.0.1",
    "127.0.0.1#@remote.example",
    "127.0.0.1\\@remote.example",
    "%31%32%37.0.0.1",
    "①②⑦.0.0.1",
  ],
  ...["127。0。0。1", "inside.example.", "[127.0.0.1]", "127.0.0.1%00.example", "0177.0.0.1"],
];

test.each(inside)(
  "[L25] [L04] [L07] a host inside the own network is not reached, however it is written: %s",
  async (host) => {
    const asked: string[] = [];
    const world = await worldOf({
      settings: { rules: [{ host: "*:*", action: "allow" }] },
      resolve: async (name) => {
        asked.push(name);
        return name.startsWith("mixed") ? ["93.184.216.34", "127.0.0.1"] : ["127.0.0.1"];
      },
    });
    const { box, plain } = world;
    const coded = Buffer.from(`${host}:${plain.port}`).toString("latin1");
    for (const answer of [
      await ask(box, `GET http://${coded}/ HTTP/1.1\r\nHost: ${coded}`),
      await ask(box, `GET http://${coded}/ HTTP/1.1\r\nHost: remote.example:${plain.port}`),
      (await tunnel(box, coded)).answer.replace(/^HTTP\/1.1 200.*/s, "X-Homarus-Denied: later"),
    ])
      expect(codeOf(answer)).toMatch(/^(egress\.(private-address|internal-name|malformed|host-mismatch)|later)$/);
    const opened = await tunnel(box, coded);
    if (opened.answer.startsWith("HTTP/1.1 200"))
      expect(await say(opened.socket, `GET / HTTP/1.1\r\nHost: ${coded}\r\nConnection: close\r\n\r\n`)).toContain(
        "egress.private-address",
      );
    expect(plain.seen).toEqual([]);
    // No question about an inner name reaches a resolver.
    expect(asked.filter((name) => /local|internal|router|arpa/.test(name))).toEqual([]);
  },
);

test("[L04] a private host that the owner named is reached, as this machine by its name in containers too", async () => {
  const world = await worldOf({
    settings: { rules: [{ host: "host.docker.internal:*", action: "allow", private: true }] },
  });
  const name = `host.docker.internal:${world.plain.port}`;
  expect(await ask(world.box, `GET http://${name}/v1/models HTTP/1.1\r\nHost: ${name}`)).toContain("reached");
  const refused = await ask(
    world.box,
    `GET http://127.0.0.1:${world.plain.port}/ HTTP/1.1\r\nHost: 127.0.0.1:${world.plain.port}`,
  );
  expect(codeOf(refused)).toBe("egress.not-allowed");
});

test("[L25] a name server that changes its mind changes nothing: it is asked anew each time", async () => {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "fakes", "resolver.ts"), "93.184.216.34", "127.0.0.1"],
    { stdout: "pipe" },
  );
  closers.push(() => child.kill());
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = /port (\d+)/.exec((await lines.read()).value ?? "")?.[1];
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${port}`]);
  const answers: string[][] = [];
  let resolved: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    resolved = resolve;
  });
  const world = await worldOf({
    settings: { rules: [{ host: "rebind.example:*", action: "allow" }] },
    resolve: async (name) => {
      answers.push(await resolver.resolve4(name));
      resolved();
      return answers.at(-1) ?? [];
    },
  });
  const name = `rebind.example:${world.plain.port}`;
  const other = await world.sandbox({ sandboxId: "box-2" });
  const pending = ask(world.box, `GET http://${name}/ HTTP/1.1\r\nHost: ${name}`);
  await first;
  await world.box.close();
  expect(await pending).not.toContain("reached");
  for (let again = 0; again < 2; again++)
    expect(codeOf(await ask(other, `GET http://${name}/ HTTP/1.1\r\nHost: ${name}`))).toBe("egress.private-address");
  expect(answers).toEqual([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]]);
  expect(world.plain.seen).toEqual([]);
});

test("[L25] a redirect to the inside is handed to the program, which is refused when it follows", async () => {
  const world = await worldOf();
  const { port } = await world.remote(
    (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${world.plain.port}/` }).end(),
    false,
  );
  const child = Bun.spawn(["curl", "-sSL", `http://remote.example:${port}/`], {
    env: { PATH: process.env.PATH ?? "", ...world.box.environment, no_proxy: "", NO_PROXY: "" },
    stdout: "pipe",
  });
  expect(await new Response(child.stdout).text()).toContain("is not among the hosts that are allowed");
  expect(world.plain.seen).toEqual([]);
});

const smuggled: Readonly<Record<string, (name: string) => string>> = {
  "two lengths": (name) => `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nContent-Length: 1\r\nContent-Length: 2`,
  "the same length twice": (name) =>
    `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nContent-Length: 1\r\nContent-Length: 1`,
  "length and chunks": (name) =>
    `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked`,
  "a strange coding": (name) => `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nTransfer-Encoding: xchunked`,
  "two codings": (name) =>
    `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity`,
  "a space before a colon": (name) => `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nTransfer-Encoding : chunked`,
  "a folded header": (name) => `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nX-A: b\r\n c: d`,
  "a bare line feed": (name) => `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nX-A: b\nX-B: c`,
  "a zero byte": (name) => `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nX-A: b\0`,
  "two hosts": (name) => `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nHost: other.example`,
  "no host": (name) => `GET http://${name}/ HTTP/1.1\r\nX-A: b`,
  "another host": (name) => `GET http://${name}/ HTTP/1.1\r\nHost: other.example`,
  "a user name": (name) => `GET http://a:b@${name}/ HTTP/1.1\r\nHost: ${name}`,
  "a path alone": (name) => `GET / HTTP/1.1\r\nHost: ${name}`,
  "a negative length": (name) => `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nContent-Length: -1`,
  "a signed length": (name) => `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nContent-Length: +1`,
  "another version": (name) => `GET http://${name}/ HTTP/2.0\r\nHost: ${name}`,
  "a method that is longer than any": (name) => `${"A".repeat(21)} http://${name}/ HTTP/1.1\r\nHost: ${name}`,
  "a huge head": (name) => `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nX-A: ${"a".repeat(70_000)}`,
};

test.each(Object.entries(smuggled))("[Y10] a request that can be read in two ways is refused: %s", async (_, head) => {
  const { box, name, plain, events } = await worldOf();
  const answer = await ask(box, head(name), "0\r\n\r\n");
  expect(codeOf(answer)).toMatch(/^egress\.(malformed|host-mismatch|head-too-large)$/);
  expect(plain.seen).toEqual([]);
  expect(events.at(-1)?.type).toBe("deny");
});

test.each([
  "zz\r\na\r\n0\r\n\r\n",
  "1\na\n0\n\n",
  "1\r\nab\r\n0\r\n\r\n",
  "-1\r\n\r\n",
  "ffffffffff\r\n",
  "1\r\na\r\n0\r\nX Y: z\r\n\r\n",
])("[Y10] a chunked body that can be read in two ways is refused: %j", async (body) => {
  const { box, name, plain } = await worldOf();
  const answer = await ask(box, `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nTransfer-Encoding: chunked`, body);
  expect(codeOf(answer)).toBe("egress.malformed");
  expect(plain.seen).toEqual([]);
});

test("a body reaches the host as it was, chunks, trailers and the wish to be asked first among it", async () => {
  const { box, name, plain } = await worldOf();
  const head = `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nConnection: X-Drop\r\nX-Drop: 1\r\nX-Keep: 2\r\nExpect: 100-continue`;
  const answer = await ask(
    box,
    `${head}\r\nTransfer-Encoding: chunked`,
    "3;a=b\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: 6\r\n\r\n",
  );
  expect(answer).toStartWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK");
  expect(plain.seen[0]).toMatchObject({ body: "onetwo", headers: { "x-keep": "2" } });
  expect(Object.keys(plain.seen[0]?.headers ?? {})).not.toContain("x-drop");
  expect(Object.keys(plain.seen[0]?.headers ?? {}).filter((key) => key.startsWith("proxy"))).toEqual([]);
});

test("of the codings that a program accepts only known words reach the host, in our own order", async () => {
  const { box, name, plain } = await worldOf();
  const wishes = ["br;q=0.317, gzip; q=0.004, zstd", "gzip;q=0, x-abc", "identity, br, gzip, br"];
  for (const wish of wishes)
    await ask(box, `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nAccept-Encoding: ${wish}`);
  expect(plain.seen.map(({ headers }) => headers["accept-encoding"])).toEqual([
    "gzip, br",
    "identity",
    "gzip, br, identity",
  ]);
});

test("one connection bears many requests, each judged for itself", async () => {
  const { box, name, plain } = await worldOf({ settings: { rules: [{ ...allowed, paths: ["/a"] }] } });
  const socket = await dial(box);
  const head = (path: string) =>
    `GET http://${name}${path} HTTP/1.1\r\nHost: ${name}\r\n${proxyHeader(tokenOf(box))}\r\n`;
  const answer = await say(socket, head("/a") + head("/b") + head("/a"), (text) => text.split("reached").length > 2);
  expect(answer).toContain("egress.request-not-allowed");
  expect(plain.seen.map((item) => item.line)).toEqual([`GET ${name} /a`, `GET ${name} /a`]);
});

test("bodies and answers have their limits", async () => {
  const { box, name, plain, remote } = await worldOf({ limits: { maxBodyBytes: 1000, maxAnswerBytes: 1000 } });
  const post = `POST http://${name}/ HTTP/1.1\r\nHost: ${name}`;
  expect(codeOf(await ask(box, `${post}\r\nContent-Length: 1001`, "a".repeat(1001)))).toBe("egress.body-too-large");
  const chunks = `64\r\n${"a".repeat(100)}\r\n`.repeat(11);
  expect(codeOf(await ask(box, `${post}\r\nTransfer-Encoding: chunked`, `${chunks}0\r\n\r\n`))).toBe(
    "egress.body-too-large",
  );
  expect(plain.seen).toEqual([]);
  const large = await remote((_, response) => response.end("a".repeat(2000)), false);
  const other = `remote.example:${large.port}`;
  expect(codeOf(await ask(box, `GET http://${other}/ HTTP/1.1\r\nHost: ${other}`))).toBe("egress.answer-too-large");
});

describe("a tunnel", () => {
  const passing = { ...allowed, inspect: false };

  test("[Y10] that is not looked into takes TLS for its own host only", async () => {
    const world = await worldOf({ settings: { rules: [passing] } });
    const secured = await world.remote((_, response) => response.end("reached"));
    const name = `remote.example:${secured.port}`;
    const good = await tunnel(world.box, name);
    const tls = await secure(good.socket, "remote.example", world.own);
    expect(await say(tls, `GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`)).toContain("reached");
    const other = await tunnel(world.box, name);
    expect(await secure(other.socket, "other.example", world.own).catch(() => "refused")).toBe("refused");
    const plain = await tunnel(world.box, name);
    expect(await say(plain.socket, `GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`)).toBe("");
    expect(secured.seen).toHaveLength(1);
    expect(world.events.map((event) => event.code)).toEqual([
      "egress.allowed",
      "egress.name-mismatch",
      "egress.malformed",
    ]);
  });

  test("[Y10] that is looked into takes requests for its own host only, with a certificate of this installation", async () => {
    const world = await worldOf();
    const secured = await world.remote((_, response) => response.end("reached"));
    const name = `remote.example:${secured.port}`;
    const { socket } = await tunnel(world.box, name);
    const tls = await secure(socket, "remote.example", world.authority());
    const mixed = await say(tls, "GET / HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n");
    expect(codeOf(mixed)).toBe("egress.host-mismatch");
    const absolute = await tunnel(world.box, name);
    const inner = await secure(absolute.socket, "remote.example", world.authority());
    const wrong = `GET https://other.example/ HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
    expect(codeOf(await say(inner, wrong))).toBe("egress.host-mismatch");
    const named = await tunnel(world.box, name);
    expect(await secure(named.socket, "other.example", world.authority()).catch(() => "refused")).toBe("refused");
    expect(secured.seen).toEqual([]);
  });

  test("to a host whose own certificate is not trusted is told so, and nothing is sent", async () => {
    const world = await worldOf({
      settings: { rules: [{ host: "untrusted.example:*", action: "allow", private: true }] },
    });
    const secured = await world.remote((_, response) => response.end("reached"));
    const name = `untrusted.example:${secured.port}`;
    const { socket } = await tunnel(world.box, name);
    const tls = await secure(socket, "untrusted.example", world.authority());
    const answer = await say(tls, `GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
    expect(codeOf(answer)).toBe("egress.unreachable");
    expect(answer).toContain("certificate");
    expect(secured.seen).toEqual([]);
  });
});

describe("a decision", () => {
  test("[Y05] sees the request as it would leave, with the beginning of its body and without credentials", async () => {
    const asked: EgressRequest[] = [];
    const world = await worldOf({
      settings: { rules: [allowed], askWrites: true },
      ask: async (request) => {
        asked.push(request);
        return request.target.startsWith("/yes");
      },
    });
    const { box, name, plain } = world;
    const post = (path: string) =>
      ask(
        box,
        `POST http://${name}${path} HTTP/1.1\r\nHost: ${name}\r\nAuthorization: Basic abcd\r\nContent-Length: 9000`,
        `title=x&${"a".repeat(8992)}`,
      );
    expect(await post("/yes?a=b")).toContain("reached");
    const refused = await post("/no");
    expect(codeOf(refused)).toBe("egress.not-approved");
    expect(refused).toContain("homarus egress allow");
    expect(plain.seen).toHaveLength(1);
    const [card] = asked;
    expect(card).toMatchObject({
      kind: "request",
      method: "POST",
      host: "remote.example",
      target: "/yes?a=b",
      sandboxId: "box-1",
      sessionKey: "agent:main:main",
    });
    expect(card?.headers).toContainEqual(["Authorization", "***"]);
    expect(card?.body?.bytes).toBe(9000);
    expect(Buffer.from(card?.body?.first ?? []).toString()).toStartWith("title=x&aaaa");
    expect(await ask(box, `GET http://${name}/ HTTP/1.1\r\nHost: ${name}`)).toContain("reached");
    expect(asked).toHaveLength(2);
  });

  test("[Y05] is no longer waited for once the program has hung up", async () => {
    let gone: () => void = () => undefined;
    const aborted = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const world = await worldOf({
      settings: { rules: [{ ...allowed, action: "ask" }] },
      ask: (_, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => {
            gone();
            reject(signal.reason);
          }),
        ),
    });
    const socket = await dial(world.box);
    socket.write(`GET http://${world.name}/ HTTP/1.1\r\nHost: ${world.name}\r\n${proxyHeader(tokenOf(world.box))}\r\n`);
    setImmediate(() => socket.end());
    await aborted;
    expect(world.plain.seen).toEqual([]);
  });

  test("that takes too long or fails is a no", async () => {
    const slow = await worldOf({
      limits: { decideMs: 20 },
      settings: { rules: [{ ...allowed, action: "ask" }] },
      ask: () => new Promise(() => undefined),
    });
    expect(codeOf(await ask(slow.box, `GET http://${slow.name}/ HTTP/1.1\r\nHost: ${slow.name}`))).toBe(
      "egress.not-approved",
    );
    const broken = await worldOf({
      settings: { rules: [{ ...allowed, action: "ask" }] },
      ask: () => Promise.reject(new Error("no")),
    });
    expect(codeOf(await ask(broken.box, `GET http://${broken.name}/ HTTP/1.1\r\nHost: ${broken.name}`))).toBe(
      "egress.undecided",
    );
    expect([...slow.plain.seen, ...broken.plain.seen]).toEqual([]);
  });
});

test("two ends of a request are told apart: what the audit has of it is without values", async () => {
  const { box, name, events } = await worldOf();
  await ask(box, `GET http://${name}/a?user=me&flag HTTP/1.1\r\nHost: ${name}`);
  expect(events[0]).toMatchObject({
    type: "allow",
    method: "GET",
    path: "/a?user=&…",
    status: 200,
    bytesIn: 7,
    sandboxId: "box-1",
  });
});

describe("an answer that breaks off", () => {
  test("is recorded as let out, with what of it came in; its host is heard from its first byte on", async () => {
    const world = await worldOf({ limits: { maxAnswerBytes: 1_000_000 } });
    const cut = await world.remote((request, response) => {
      response.writeHead(200, { "content-length": "900000" });
      response.write("a".repeat(300_000), () => request.socket.destroy());
    }, false);
    const name = `remote.example:${cut.port}`;
    expect(await ask(world.box, `GET http://${name}/ HTTP/1.1\r\nHost: ${name}`)).toContain("aaaa");
    expect(world.events).toHaveLength(1);
    const [event] = world.events;
    expect(event).toMatchObject({ type: "allow", code: "egress.cut", status: 200, host: "remote.example" });
    expect(event?.bytesIn).toBeGreaterThan(0);
    expect(world.heard).toEqual(["remote.example"]);
  });

  test.each(["before the hello", "at the hello"])(
    "behind a tunnel that is cut %s is recorded as let through, with the bytes that went",
    async (when) => {
      const world = await worldOf({ settings: { rules: [{ ...allowed, inspect: false }] } });
      let came = 0;
      const gone = Promise.withResolvers<void>();
      const host = createServer((socket) => {
        socket.on("error", () => undefined).once("close", gone.resolve);
        if (when === "before the hello") socket.resetAndDestroy();
        socket.on("data", (bytes) => {
          came += bytes.length;
          socket.resetAndDestroy();
        });
      });
      await new Promise<void>((resolve) => void host.listen(0, "127.0.0.1", resolve));
      closers.push(() => host.close());
      const { port } = host.address() as AddressInfo;
      const { socket, answer } = await tunnel(world.box, `remote.example:${port}`);
      expect(answer).toStartWith("HTTP/1.1 200");
      if (when === "before the hello") {
        await gone.promise;
        // By the time another request has come back, the house has seen that the host is gone.
        await ask(world.box, `GET http://${world.name}/ HTTP/1.1\r\nHost: ${world.name}`);
        world.events.splice(0);
      }
      const closed = new Promise((resolve) => socket.once("close", resolve));
      expect(await secure(socket, "remote.example", world.own).catch(() => "cut")).toBe("cut");
      socket.resume();
      await closed;
      expect(world.events).toMatchObject([
        { type: "allow", code: "egress.allowed", status: 200, port, bytesOut: came, bytesIn: 0 },
      ]);
      expect(came > 0).toBe(when === "at the hello");
    },
  );

  test("or that is too large, or that never came, was a request that left all the same", async () => {
    const world = await worldOf({ limits: { maxAnswerBytes: 1000 } });
    const large = await world.remote((_, response) => response.end("a".repeat(2000)), false);
    const silent = await world.remote((request) => request.socket.destroy(), false);
    for (const { port } of [large, silent]) {
      const name = `remote.example:${port}`;
      await ask(world.box, `POST http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nContent-Length: 3`, "abc");
    }
    expect(world.events).toMatchObject([
      { type: "allow", code: "egress.answer-too-large", bytesOut: 3 },
      { type: "allow", code: "egress.cut", bytesOut: 3, bytesIn: 0 },
    ]);
    expect(world.heard).toEqual(["remote.example"]);
  });

  test("behind a tunnel that is not looked into is heard as well; what never left is denied and heard of nobody", async () => {
    const world = await worldOf({ settings: { rules: [{ ...allowed, inspect: false }] } });
    const secured = await world.remote((_, response) => response.end("reached"));
    const { socket } = await tunnel(world.box, `remote.example:${secured.port}`);
    expect(world.heard).toEqual([]);
    await secure(socket, "remote.example", world.own);
    expect(world.heard).toEqual(["remote.example"]);
    socket.destroy();
    await ask(world.box, "GET http://nowhere.example/ HTTP/1.1\r\nHost: nowhere.example");
    expect(world.events.at(-1)).toMatchObject({ type: "deny", code: "egress.not-allowed" });
    expect(world.heard).toEqual(["remote.example"]);
  });
});

test("a long answer arrives whole", async () => {
  const world = await worldOf();
  const bytes = Buffer.alloc(3_000_000, "0123456789 lorem ipsum ");
  const secured = await world.remote((_, response) => void response.end(bytes));
  const child = Bun.spawn(["curl", "-sS", `https://remote.example:${secured.port}/`], {
    env: { PATH: process.env.PATH ?? "", ...world.box.environment },
    stdout: "pipe",
  });
  expect(Buffer.from(await new Response(child.stdout).arrayBuffer()).equals(bytes)).toBe(true);
});
