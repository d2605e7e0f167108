import { expect, test } from "bun:test";
import { createFakeClock } from "@homarus/sdk/testing";
import { createWebchat } from "./webchat.ts";

const place = { id: "agent:main:main", type: "direct" } as const;

test("webchat is on until it is told to stop, and hears nothing by itself", async () => {
  const channel = createWebchat(createFakeClock(7), () => "id-1");
  const life = new AbortController();
  const heard: unknown[] = [];
  const started = channel.start(async (message) => void heard.push(message), life.signal);
  life.abort();
  expect(await started).toBeUndefined();
  expect(await channel.start(async () => undefined, life.signal)).toBeUndefined();
  expect(heard).toEqual([]);
});

test("a piece is confirmed at once, because clients read the session's log", async () => {
  const channel = createWebchat(createFakeClock(7), () => "id-1");
  expect(await channel.send({ place, text: "hi" }, new AbortController().signal)).toEqual({ id: "id-1", at: 7 });
});
