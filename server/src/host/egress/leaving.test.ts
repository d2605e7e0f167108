// A tool's own request: what of it is looked through, and what is recorded where it stays here.
import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import type { EgressEvent, LeakMode, LeakWatch, LeavingPieces } from "@homarus/sdk";
import { createFakeClock } from "@homarus/sdk/testing";
import { type Leaving, refuseLeak } from "./leaving.ts";

const canary = "found-it-7";
const seen: LeavingPieces[] = [];
const watch: LeakWatch = {
  leaving(_, pieces) {
    seen.push(pieces);
    const texts = [pieces.method, pieces.target, ...pieces.bodies.map((body) => Buffer.from(body).toString("latin1"))];
    const isFound = texts.some((text) => text.includes(canary));
    return isFound ? { kind: "secret", name: "vendor", where: "the body", how: "whole", place: "body" } : undefined;
  },
  stream: () => ({ push: () => ({ found: undefined, holds: false }) }),
};
const caller = { sandboxId: "run-1", agent: "main", sessionKey: "s" };

async function left(leaving: Leaving, mode: LeakMode = "block") {
  const events: EgressEvent[] = [];
  const onEvent = (event: EgressEvent) => void events.push(event);
  const house = { caller, clock: createFakeClock(5), onEvent, leaks: () => mode };
  const fault = await refuseLeak(leaving, house, watch).catch((thrown) => thrown);
  return { code: fault?.code, message: fault?.message, events };
}

async function sent(address: string, init: RequestInit) {
  const { code, events } = await left({ input: address, init });
  return { code, events };
}

test("a request that would carry a secret stays here, packed or not, and the audit has it without the secret", async () => {
  const headers = { "content-encoding": "gzip" };
  for (const init of [
    { method: "POST", body: `a ${canary}` },
    { method: "POST", body: gzipSync(`a ${canary}`), headers },
    { method: "POST", body: gzipSync(`a ${canary}`) },
  ]) {
    const { code, events } = await sent("https://a.example/x?y=1", init);
    expect(code).toBe("egress.leak");
    expect(events).toMatchObject([
      { type: "leak", code: "egress.leak", at: 5, method: "POST", host: "a.example", path: "/x?y=", sessionKey: "s" },
    ]);
    expect(events[0]?.leak).toMatchObject({ name: "vendor", direction: "out", blocked: true });
    expect(JSON.stringify(events)).not.toContain(canary);
  }
  await sent("https://a.example/", { method: "PUT", body: "a" });
  expect(seen.at(-1)?.method).toBe("PUT");
});

test("a body that cannot be looked through stays here too, and what holds nothing leaves no trace", async () => {
  const zstd = { method: "POST", body: "a", headers: { "content-encoding": "zstd" } };
  const { code, events } = await sent("https://a.example/", zstd);
  expect(code).toBe("egress.unreadable-body");
  expect(events).toMatchObject([{ type: "deny", code: "egress.unreadable-body", host: "a.example" }]);
  expect(await sent("https://a.example/", { method: "POST", body: "a" })).toEqual({ code: undefined, events: [] });
});

test("the words of a call are looked through too, and no host is named that was never asked", async () => {
  const { code, message, events } = await left({ tool: "notes__add", words: `{"text":"a ${canary}"}` });
  expect({ code, message }).toEqual({
    code: "egress.leak",
    message: 'The call would carry the secret "vendor" out, in its arguments; it was not sent.',
  });
  expect(events).toMatchObject([{ type: "leak", tool: "notes__add", method: "", host: "", port: 0, path: "" }]);
  expect(JSON.stringify(events)).not.toContain(canary);
});

test("the owner's egress.leaks holds for tools as for sandboxes: warn records and lets go, off does not look", async () => {
  const leaving = { input: "https://a.example/", init: { method: "POST", body: canary } };
  const warned = await left(leaving, "warn");
  expect(warned.code).toBeUndefined();
  expect(warned.events).toMatchObject([{ type: "leak", host: "a.example", leak: { name: "vendor", blocked: false } }]);
  const before = seen.length;
  expect(await left(leaving, "off")).toMatchObject({ code: undefined, events: [] });
  expect(seen.length).toBe(before);
});
