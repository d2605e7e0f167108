// A tool's own request: what of it is looked through, and what is recorded where it stays here.
import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import type { EgressEvent, LeakWatch, LeavingPieces } from "@homarus/sdk";
import { createFakeClock } from "@homarus/sdk/testing";
import { refuseLeak } from "./leaving.ts";

const canary = "found-it-7";
const seen: LeavingPieces[] = [];
const watch: LeakWatch = {
  leaving(_, pieces) {
    seen.push(pieces);
    const texts = [pieces.method, pieces.target, ...pieces.bodies.map((body) => Buffer.from(body).toString("latin1"))];
    const isFound = texts.some((text) => text.includes(canary));
    return isFound ? { kind: "secret", name: "vendor", where: "the body", how: "whole" } : undefined;
  },
  stream: () => ({ push: () => ({ found: undefined, holds: false }) }),
};
const caller = { sandboxId: "run-1", agent: "main", sessionKey: "s" };

async function sent(address: string, init: RequestInit) {
  const events: EgressEvent[] = [];
  const house = { caller, clock: createFakeClock(5), onEvent: (event: EgressEvent) => void events.push(event) };
  const fault = await refuseLeak({ input: address, init }, house, watch).catch((thrown) => thrown);
  return { code: fault?.code, events };
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
