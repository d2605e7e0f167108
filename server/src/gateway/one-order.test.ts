// One order of questions for every door: who is it, is it one call too many, may it, is there such a method, do the params
// fit. The door decides only how the answer is written.
import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { createRanges } from "../host/net/ranges.ts";
import { listen } from "../host/net/serve.ts";
import { type Frame, openForTest, openRaw, token } from "./testing/open-for-test.ts";

const afar = { "x-forwarded-for": "198.51.100.1" };

async function open(callsPerMinute: number) {
  const rateLimits = { requestsPerMinute: 600, upgradesPerMinute: 600, callsPerMinute, loopbackExempt: true };
  const settings = { isTrustedProxy: createRanges(["127.0.0.1"]), rateLimits, allowInsecureAuth: true };
  const clock = createFakeClock(1_800_000_000_000);
  return await openForTest({ listen, clock, store: createMemoryStore(), settings });
}

type Opened = Awaited<ReturnType<typeof open>>;
type Ask = (method: string, params?: unknown) => Promise<string>;

const post = (it: Opened, path: string, body: unknown, secret: string) =>
  fetch(it.url.replace("ws:", "http:") + path, {
    ...{ method: "POST", body: JSON.stringify(body) },
    headers: { ...afar, authorization: `Bearer ${secret}` },
  });

/** Each door as what one call says in the end: `ok`, or the words of its error. */
const doors: readonly (readonly [string, (it: Opened, secret: string) => Promise<Ask>])[] = [
  ...[3, 4].map((version) => {
    const enter = async (it: Opened, secret: string): Promise<Ask> => {
      const client = await openRaw(it.url, afar);
      const hello = await client.hello({
        ...{ minProtocol: version, maxProtocol: version, auth: { token: secret } },
      });
      if (!hello.ok) return () => Promise.resolve(hello.error.message);
      return async (method, params) => wordsOf(await client.call(method, params as object));
    };
    return [`frames ${version}`, enter] as const;
  }),
  [
    "JSON-RPC",
    (it, secret) =>
      Promise.resolve(async (method, params) =>
        wordsOf((await (await post(it, "/rpc", { jsonrpc: "2.0", id: 1, method, params }, secret)).json()) as Frame),
      ),
  ],
  [
    "REST",
    (it, secret) =>
      Promise.resolve(async (method, params) =>
        wordsOf((await (await post(it, `/api/methods/${method}`, params ?? {}, secret)).json()) as Frame),
      ),
  ],
];

function wordsOf({ error }: Frame): string {
  return error === undefined ? "ok" : error.message;
}

describe("[G29] one order of questions", () => {
  test.each(doors)("%s: a stranger is refused before anything else is looked at", async (_name, enter) => {
    await using it = await open(0);
    const ask = await enter(it, "wrong");
    for (const method of ["agents.list", "nothing.like.it"]) expect(await ask(method)).toContain("unauthorized");
  });

  test.each(doors)("%s: then the limit, then whether the method exists, then its params", async (_name, enter) => {
    await using it = await open(3);
    const ask = await enter(it, token);
    expect(await ask("agents.list", {})).toBe("ok");
    expect(await ask("nothing.like.it", {})).toContain("unknown method");
    expect(await ask("chat.history", { sessionKey: 7 })).toContain("invalid chat.history params");
    for (const method of ["agents.list", "nothing.like.it", "chat.history"])
      expect(await ask(method, { sessionKey: 7 })).toContain("too many calls");
    expect(it.fake.notes.filter((note) => note.event === "gateway.rate-limited")).toHaveLength(1);
  });
});
