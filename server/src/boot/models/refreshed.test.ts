import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { createRefreshed } from "./refreshed.ts";

const list = (input: number) =>
  JSON.stringify({ "openai/gpt-x": { contextTokens: 8_192, price: { input, output: 2 } } });
const going = () => new AbortController().signal;

function open(answer: () => Promise<Response>, store = createMemoryStore()) {
  const asked: string[] = [];
  const fetch = async (url: unknown) => {
    asked.push(String(url));
    return answer();
  };
  return { asked, store, refreshed: createRefreshed({ store, clock: createFakeClock(Date.UTC(2026, 10, 27)), fetch }) };
}

describe("a newer list of models", () => {
  test("is fetched from where the owner says, with its source and day, and outlives a restart", async () => {
    const it = open(async () => new Response(list(1)));
    const url = "https://list.example/models.json";
    expect(await it.refreshed.refresh({ url }, going())).toEqual({
      ...{ models: 1, priced: 1, changed: 1, source: url, asOf: "2026-11-27" },
    });
    expect(it.asked).toEqual([url]);
    const next = open(async () => new Response(""), it.store).refreshed;
    await next.load();
    expect(next.factsOf("openai/gpt-x")).toMatchObject({ contextTokens: 8_192, price: { input: 1, source: url } });
    expect((await next.refresh({ text: list(1), source: "prices.json" }, going())).changed).toBe(0);
    expect((await next.refresh({ text: list(3) }, going())).changed).toBe(1);
  });

  test("one that never ends is not read to its end", async () => {
    let chunks = 0;
    let isLeft = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        controller.enqueue(new Uint8Array(1_000_000));
        if (chunks > 100) controller.close();
      },
      cancel() {
        isLeft = true;
      },
    });
    const it = open(async () => new Response(body));
    await expect(it.refreshed.refresh({}, going())).rejects.toMatchObject({ code: "models.list-size" });
    expect([isLeft, chunks < 40]).toEqual([true, true]);
  });

  test.each([
    ["an answer that is no list", async () => new Response("<html>"), "models.list-json"],
    ["a refusal", async () => new Response("", { status: 503 }), "models.list-status"],
    ["nobody there", () => Promise.reject(new TypeError("unreachable")), "models.list-fetch"],
  ])("%s changes nothing, and the next step is named", async (_, answer, code) => {
    const it = open(async () => new Response(list(1)));
    await it.refreshed.refresh({}, going());
    const broken = open(answer as () => Promise<Response>, it.store).refreshed;
    await broken.load();
    await expect(broken.refresh({}, going())).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
    expect(broken.factsOf("openai/gpt-x")).toBeDefined();
  });
});
