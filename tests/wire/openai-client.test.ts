// The official client of the OpenAI API against the gateway's door for it.
import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import OpenAI from "openai";
import { ordinaryRun } from "../../server/src/gateway/testing/fake-house.ts";
import { openForTest, token } from "../../server/src/gateway/testing/open-for-test.ts";
import { listen } from "../../server/src/host/net/serve.ts";

async function open() {
  const it = await openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });
  const baseURL = `${it.url.replace("ws", "http")}/v1`;
  const client = new OpenAI({ apiKey: token, baseURL, maxRetries: 0 });
  /** Lets the next message be answered with these words. */
  const answer = async (...words: string[]) => {
    while (it.fake.heard.length === 0) await Bun.sleep(1);
    const message = it.fake.heard.shift();
    const runId = message?.options?.runId ?? "";
    it.fake.happen(runId, message?.session ?? "", ...ordinaryRun(runId, words));
    await it.fake.end(message?.id ?? "", { type: "replied", runId, text: words.join("") });
    return message;
  };
  return { ...it, client, baseURL, answer, [Symbol.asyncDispose]: () => it[Symbol.asyncDispose]() };
}

/** The client's promises begin when they are awaited, and are no plain ones. */
const begun = async <T>(asked: PromiseLike<T>): Promise<T> => await asked;

const say = (content: string) => [{ role: "user" as const, content }];

describe("[Y22] chat completions", () => {
  test("an answer comes whole, with its use of tokens", async () => {
    await using it = await open();
    const asked = begun(
      it.client.chat.completions.create({
        model: "homarus",
        messages: [{ role: "system", content: "Be brief." }, ...say("hello")],
      }),
    );
    const message = await it.answer("Hi ", "there.");
    expect(message).toMatchObject({ text: "hello", origin: "program", options: { extraSystem: "Be brief." } });
    const completion = await asked;
    expect(completion.choices[0]).toMatchObject({
      message: { role: "assistant", content: "Hi there." },
      finish_reason: "stop",
    });
    expect(completion.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 });
  });

  test("a stream gives the words as they come, then the end and the use of tokens", async () => {
    await using it = await open();
    const asked = begun(
      it.client.chat.completions.create({
        ...{ model: "homarus:main", messages: say("hello"), stream: true, stream_options: { include_usage: true } },
      }),
    );
    void it.answer("One ", "two ", "three.");
    const deltas: string[] = [];
    let usage: unknown;
    let reason: unknown;
    for await (const chunk of await asked) {
      const choice = chunk.choices[0];
      if (choice?.delta.content) deltas.push(choice.delta.content);
      reason ??= choice?.finish_reason;
      usage = chunk.usage ?? usage;
    }
    expect(deltas).toEqual(["One ", "two ", "three."]);
    expect([reason, (usage as { total_tokens: number }).total_tokens]).toEqual(["stop", 30]);
  });

  test("one user's messages are one session, whose log holds what was said; a stranger's history comes along", async () => {
    await using it = await open();
    const turns = [...say("first"), { role: "assistant" as const, content: "yes" }, ...say("second")];
    const kept = begun(it.client.chat.completions.create({ model: "homarus", messages: turns, user: "ada" }));
    expect(await it.answer("ok")).toMatchObject({ session: "agent:main:openai-user:ada", text: "second" });
    await kept;
    const loose = begun(it.client.chat.completions.create({ model: "homarus", messages: turns }));
    expect((await it.answer("ok"))?.text).toBe(
      "[What was said before]\nUser: first\n\nYou: yes\n\n[What is said now]\nsecond",
    );
    await loose;
  });

  test("pictures come along as bytes, and addresses are not fetched", async () => {
    await using it = await open();
    const picture = (url: string) =>
      begun(
        it.client.chat.completions.create({
          ...{ model: "homarus" },
          messages: [
            {
              role: "user",
              content: [
                { type: "text", text: "what is it?" },
                { type: "image_url", image_url: { url } },
              ],
            },
          ],
        }),
      );
    const asked = picture("data:image/png;base64,iVBORw0KGgo=");
    expect((await it.answer("a dot"))?.attachments).toEqual([
      { type: "image", mediaType: "image/png", data: "iVBORw0KGgo=" },
    ]);
    await asked;
    await expect(picture("http://127.0.0.1:1/x.png")).rejects.toThrow("addresses are not fetched");
  });

  test("a run that fails is an error, in the stream too, and a reader that goes stops it", async () => {
    await using it = await open();
    const fault = { kind: "limited", code: "vendor.busy", message: "The vendor is busy." } as const;
    const fail = async () => {
      while (it.fake.heard.length === 0) await Bun.sleep(1);
      const message = it.fake.heard.shift();
      await it.fake.end(message?.id ?? "", { type: "failed", runId: message?.id ?? "", fault });
    };
    const whole = begun(it.client.chat.completions.create({ model: "homarus", messages: say("x") }));
    void fail();
    await expect(whole).rejects.toThrow("The vendor is busy.");
    const streamed = begun(it.client.chat.completions.create({ model: "homarus", messages: say("x"), stream: true }));
    void fail();
    const read = async () => {
      for await (const _ of await streamed);
    };
    await expect(read()).rejects.toThrow("The vendor is busy.");
    const leaving = await it.client.chat.completions.create({ model: "homarus", messages: say("x"), stream: true });
    const message = it.fake.heard.shift();
    leaving.controller.abort();
    while (it.fake.aborted.length === 0) await Bun.sleep(1);
    expect(it.fake.aborted).toEqual([message?.id ?? ""]);
  });
});

describe("[Y22] responses", () => {
  test("a response goes on where the one before ended", async () => {
    await using it = await open();
    const first = begun(it.client.responses.create({ model: "homarus", input: "hello", instructions: "Be brief." }));
    const heard = await it.answer("Hi.");
    expect((await first).output_text).toBe("Hi.");
    const second = begun(
      it.client.responses.create({
        model: "homarus",
        input: "and?",
        previous_response_id: (await first).id,
      }),
    );
    expect((await it.answer("More."))?.session).toBe(heard?.session ?? "");
    expect((await second).output_text).toBe("More.");
    const lost = begun(it.client.responses.create({ model: "homarus", input: "x", previous_response_id: "resp_none" }));
    await expect(lost).rejects.toThrow("resp_none was not found");
  });

  test("the events of a stream are numbered and add up to the whole", async () => {
    await using it = await open();
    const asked = begun(
      it.client.responses.create({
        model: "homarus",
        input: [{ role: "user", content: "hi" }],
        stream: true,
      }),
    );
    void it.answer("One ", "two.");
    const types: string[] = [];
    let said = "";
    let whole = "";
    for await (const event of await asked) {
      expect(event.sequence_number).toBe(types.length);
      types.push(event.type);
      if (event.type === "response.output_text.delta") said += event.delta;
      if (event.type === "response.completed") whole = event.response.output_text;
    }
    expect([said, whole]).toEqual(["One two.", "One two."]);
    expect(types.slice(0, 2)).toEqual(["response.created", "response.in_progress"]);
    expect(types.at(-1)).toBe("response.completed");
  });
});

describe("[Y22] models, refusals", () => {
  test("models are listed, and one is found by its name", async () => {
    await using it = await open();
    const ids = (await it.client.models.list()).data.map((model) => model.id);
    expect(ids).toEqual(["homarus", "homarus:main", "offline/demo"]);
    expect((await it.client.models.retrieve("offline/demo")).owned_by).toBe("offline");
    await expect(begun(it.client.models.retrieve("nothing"))).rejects.toThrow("does not exist here");
    const other = begun(it.client.chat.completions.create({ model: "nothing", messages: say("x") }));
    await expect(other).rejects.toMatchObject({ status: 404, code: "model_not_found" });
  });

  test("[L29] a wrong key, wrong bodies and what is not supported are refused in the API's own shape", async () => {
    await using it = await open();
    const stranger = new OpenAI({ apiKey: "wrong", baseURL: it.baseURL, maxRetries: 0 });
    await expect(begun(stranger.models.list())).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    const bad = (body: object) => begun(it.client.chat.completions.create({ model: "homarus", ...body } as never));
    await expect(bad({ messages: [] })).rejects.toMatchObject({ status: 400, param: "messages" });
    await expect(bad({ messages: [{ role: "robot", content: "x" }] })).rejects.toThrow("role is not known");
    await expect(bad({ messages: [{ role: { toString: 1 }, content: "x" }] })).rejects.toThrow("role is not known");
    await expect(bad({ messages: [{ role: "assistant", content: "x" }] })).rejects.toThrow("must be the user's");
    await expect(bad({ messages: say("x"), n: 2 })).rejects.toMatchObject({ param: "n" });
    await expect(
      bad({ messages: say("x"), tools: [{ type: "function", function: { name: "f" } }] }),
    ).rejects.toMatchObject({
      param: "tools",
    });
    const broken = await fetch(`${it.baseURL}/chat/completions`, {
      ...{ method: "POST", body: "{", headers: { authorization: `Bearer ${token}` } },
    });
    expect([broken.status, ((await broken.json()) as { error: { code: string } }).error.code]).toEqual([
      400,
      "invalid_json",
    ]);
    expect(it.fake.heard).toEqual([]);
  });
});

describe("[Y22] embeddings", () => {
  test("texts come back as vectors in their order, as numbers or packed, with what was read", async () => {
    await using it = await open();
    const wish = { model: "text-embedding-3-small", input: ["one", "three"] };
    const plain = await it.client.embeddings.create({ ...wish, encoding_format: "float" });
    expect(plain.data.map((item) => item.embedding)).toEqual([
      [3, 3.5, 4],
      [5, 5.5, 6],
    ]);
    expect([plain.model, plain.usage]).toEqual(["text-embedding-3-small", { prompt_tokens: 8, total_tokens: 8 }]);
    // Without a format the client asks for base64 and unpacks it.
    const packed = await it.client.embeddings.create({ ...wish, dimensions: 2 });
    expect(packed.data.map((item) => item.embedding)).toEqual([
      [3, 3.5],
      [5, 5.5],
    ]);
    expect((await it.client.embeddings.create({ model: "homarus", input: "x" })).model).toBe("offline/vectors");
  });

  test("what is no text, and a provider that cannot, are refused with the reason", async () => {
    await using it = await open();
    const wrong = (wish: object) => begun(it.client.embeddings.create({ model: "m", input: "x", ...wish } as never));
    await expect(wrong({ input: [] })).rejects.toMatchObject({ status: 400, param: "input" });
    await expect(wrong({ input: [[1, 2]] })).rejects.toThrow("lists of tokens");
    await expect(wrong({ input: "" })).rejects.toThrow("empty text");
    await expect(wrong({ dimensions: 0.5 })).rejects.toMatchObject({ param: "dimensions" });
    await expect(wrong({ encoding_format: "int8" })).rejects.toMatchObject({ param: "encoding_format" });
    await expect(wrong({ model: "other/none" })).rejects.toMatchObject({ status: 400, code: "model.no-embeddings" });
  });
});
