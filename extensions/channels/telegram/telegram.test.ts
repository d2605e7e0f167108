import { describe, expect, test } from "bun:test";
import { Fault, type InboundMessage } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, silentLog } from "@homarus/sdk/testing";
import fc from "fast-check";
import { GrammyError, HttpError } from "grammy";
import { faultOf } from "./api.ts";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";
import { openFakeTelegram } from "./testing/fake-telegram.ts";

const place = { id: "1001", type: "direct" } as const;
const going = (): AbortSignal => new AbortController().signal;

function open(telegram: { readonly url: string; readonly token: string }) {
  const clock = createFakeClock();
  const channel = activate({
    ...{ id: "telegram", config: { token: telegram.token, apiRoot: telegram.url }, signal: going() },
    ...{ log: silentLog, fetch, clock, store: createMemoryStore().values("telegram") },
  });
  return { channel, clock };
}

async function patiently(isSo: () => boolean, advance: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + 4_000;
  while (!isSo() && performance.now() < deadline) {
    await advance();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe("what the platform answers, as a Fault:", () => {
  const answer = (code: number, description: string, parameters = {}) =>
    new GrammyError("x", { ok: false, error_code: code, description, parameters }, "sendMessage", {});
  const cases: readonly (readonly [string, unknown, object])[] = [
    ["a wrong token", answer(401, "Unauthorized"), { kind: "auth", code: "telegram.token" }],
    ["a token of no form", answer(404, "Not Found"), { kind: "auth", code: "telegram.token" }],
    ["another listener", answer(409, "Conflict"), { kind: "unavailable", code: "telegram.conflict" }],
    ["too fast", answer(429, "Slow", { retry_after: 3 }), { kind: "limited", retryAt: 4_000 }],
    ["too fast without a time", answer(429, "Slow"), { kind: "limited", retryAt: 6_000 }],
    ["blocked", answer(403, "Forbidden"), { kind: "denied" }],
    ["broken", answer(500, "Internal"), { kind: "unavailable" }],
    ["refused", answer(400, "chat not found"), { kind: "invalid" }],
    ["unreachable", new HttpError("x", new Error("no route")), { kind: "unavailable", code: "telegram.unreachable" }],
    ["stopped", new HttpError("x", new DOMException("x", "AbortError")), { kind: "aborted" }],
    ["the house's own refusal", new HttpError("x", new Fault("denied", "fetch.host", "x")), { code: "fetch.host" }],
  ];
  test.each(cases)("%s", (_, thrown, expected) => {
    expect(faultOf(thrown, 1_000)).toMatchObject(expected);
  });
});

test("a platform that cannot be reached is unavailable to a send, and waited for by the hearing", async () => {
  const { channel, clock } = open({ url: "http://127.0.0.1:1", token: "1:x" });
  await expect(channel.send({ place, text: "x" }, going())).rejects.toMatchObject({ kind: "unavailable" });
  const life = new AbortController();
  const started = channel.start(async () => undefined, life.signal);
  await patiently(
    () => clock.sleepers() === 1,
    async () => undefined,
  );
  expect(clock.sleepers()).toBe(1);
  life.abort();
  expect(await started).toBeUndefined();
  expect(clock.sleepers()).toBe(0);
});

test("[F02] what the manifest claims, the channel can", () => {
  const { channel } = open({ url: "http://127.0.0.1:1", token: "1:x" });
  const methods = {
    edits: channel.edit,
    typing: channel.typing,
    sightings: channel.find,
    attachments: channel.compose,
  };
  const claimed = Object.keys(methods).filter((name) => manifest.capabilities.includes(name as never));
  expect(claimed).toEqual(Object.keys(methods));
  expect(Object.values(methods).every((method) => typeof method === "function")).toBe(true);
  expect(manifest.limits).toEqual({ text: 4096, attachment: 50_000_000, editEveryMs: 1_500 });
});

test("a server's address may end with a slash", async () => {
  await using telegram = openFakeTelegram();
  const { channel } = open({ url: `${telegram.url}/`, token: telegram.token });
  expect((await channel.send({ place, text: "x" }, going())).id).toBe("1001:1");
});

test("knows its own name once it has begun", async () => {
  await using telegram = openFakeTelegram();
  const { channel } = open(telegram);
  expect(channel.identity?.()).toBeUndefined();
  const life = new AbortController();
  const heard: InboundMessage[] = [];
  const started = channel.start(async (message) => void heard.push(message), life.signal);
  telegram.say("hello");
  await patiently(
    () => heard.length > 0,
    async () => undefined,
  );
  expect(channel.identity?.()).toBe("@homarus_bot");
  life.abort();
  await started;
});

test("a file that cannot be had is missing, and neither its words nor the token go astray", async () => {
  await using telegram = openFakeTelegram();
  const { channel } = open(telegram);
  const life = new AbortController();
  const heard: InboundMessage[] = [];
  const started = channel.start(async (message) => void heard.push(message), life.signal);
  telegram.say("", { text: undefined, caption: "see", document: { file_id: "nowhere", file_name: "a.pdf" } });
  await patiently(
    () => heard.length > 0,
    async () => undefined,
  );
  expect(heard).toMatchObject([{ text: "see", attachments: [{ type: "missing", name: "a.pdf" }] }]);
  expect(JSON.stringify(heard)).not.toContain(telegram.token);
  life.abort();
  await started;
});

test("an edit whose markup is refused is made without it", async () => {
  await using telegram = openFakeTelegram();
  const { channel } = open(telegram);
  const { id } = await channel.send({ place, text: "draft" }, going());
  await channel.edit?.(id, { place, text: "<nope>a &amp; b</nope>", format: "HTML" }, going());
  expect(telegram.sent).toMatchObject([{ text: "a & b" }]);
});

test("looking for a lost piece does not touch a newer message of ours, whatever its words", async () => {
  await using telegram = openFakeTelegram();
  const { channel } = open(telegram);
  const known = await channel.send({ place, text: "known" }, going());
  await channel.send({ place, text: "something else" }, going());
  await channel.find?.({ place, text: "lost" }, [known.id], going());
  expect(telegram.sent.map((message) => message.text)).toEqual(["known", "something else"]);
});

test("updates of any shape are passed over, the process lives, and what comes after them is heard", async () => {
  await using telegram = openFakeTelegram();
  const { channel, clock } = open(telegram);
  const life = new AbortController();
  const heard: InboundMessage[] = [];
  const started = channel.start(async (message) => void heard.push(message), life.signal);
  const update = fc.dictionary(fc.constantFrom("message", "edited_message", "callback_query", "poll"), fc.jsonValue());
  for (const sample of fc.sample(update, 300)) telegram.push(sample);
  telegram.say("still there?");
  await patiently(
    () => heard.length > 0,
    () => clock.advance(1_000),
  );
  expect(heard.map((message) => message.text)).toEqual(["still there?"]);
  life.abort();
  await started;
});

test("news without a number are not asked for in a circle", async () => {
  let polls = 0;
  const clock = createFakeClock();
  const garbled = (input: unknown) => {
    if (String(input).endsWith("getUpdates")) polls += 1;
    const result = String(input).endsWith("getUpdates") ? [null, { update_id: "x" }] : { id: 1, username: "b" };
    return Promise.resolve(Response.json({ ok: true, result }));
  };
  const channel = activate({
    ...{ id: "telegram", config: { token: "1:x", apiRoot: "http://127.0.0.1:1" }, signal: going(), log: silentLog },
    ...{ fetch: garbled, clock, store: createMemoryStore().values("telegram") },
  });
  const life = new AbortController();
  const started = channel.start(async () => undefined, life.signal);
  await patiently(
    () => clock.sleepers() > 0,
    async () => undefined,
  );
  expect([polls, clock.sleepers()]).toEqual([1, 1]);
  life.abort();
  await started;
});
