import { describe, expect, test } from "bun:test";
import type { SessionUpdate } from "@agentclientprotocol/sdk";
import type { RequestOptions } from "@homarus/sdk/client";
import { stopReasonOf, Turn } from "./turn.ts";
import { RunView } from "./updates.ts";

interface Asked {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly options: RequestOptions | undefined;
  answer(result: unknown): void;
  fail(thrown: unknown): void;
}

/** A turn on a gateway whose answers the test gives. */
function openTurn(ready: () => Promise<void> = async () => undefined) {
  const asked: Asked[] = [];
  const told: SessionUpdate[] = [];
  const watched: string[] = [];
  const unwatched: string[] = [];
  const turn = new Turn({
    link: {
      request: <Result>(method: string, params: unknown, options?: RequestOptions) => {
        const { promise, resolve, reject } = Promise.withResolvers<unknown>();
        asked.push({ method, params: params as Record<string, unknown>, options, answer: resolve, fail: reject });
        return promise as Promise<Result>;
      },
    },
    ...{ sessionKey: "agent:main:x", params: { message: "hello" }, ready },
    watch: (runId) => {
      watched.push(runId);
      return new RunView({ runId, workspace: undefined, isOwn: () => true });
    },
    unwatch: (runId) => void unwatched.push(runId),
    tell: (update) => void told.push(update),
    log: () => undefined,
  });
  const next = async (method: string): Promise<Asked> => {
    while (asked.length === 0) await Promise.resolve();
    const first = asked.shift() as Asked;
    expect(first.method).toBe(method);
    return first;
  };
  return { turn, asked, told, watched, unwatched, next, ended: turn.run() };
}

const ok = (text?: string) => ({ status: "ok", result: { payloads: text ? [{ text }] : [], meta: {} } });
const aborted = { status: "ok", result: { payloads: [], meta: { aborted: true } } };

describe("a prompt", () => {
  test("ends as its run ended, by what the log says last", async () => {
    const { turn, next, ended, watched, unwatched } = openTurn();
    const asked = await next("agent");
    expect(asked.params).toEqual({ message: "hello", sessionKey: "agent:main:x", idempotencyKey: turn.runId });
    asked.options?.onAccepted?.({});
    turn.began();
    asked.answer(ok("text"));
    (await next("chat.history")).answer({ messages: [{ role: "assistant", content: [], stopReason: "length" }] });
    expect(await ended).toBe("max_tokens");
    expect(turn.last).toMatchObject({ stopReason: "length" });
    expect([watched, unwatched]).toEqual([[turn.runId], [turn.runId]]);
  });

  test("that a command answers shows that answer, and asks no log how it ended", async () => {
    const { next, ended, told } = openTurn();
    (await next("agent")).answer(ok("Thinking is high now."));
    expect(await ended).toBe("end_turn");
    expect(told).toMatchObject([{ sessionUpdate: "agent_message_chunk", content: { text: "Thinking is high now." } }]);
  });

  test("that another run takes along ends with that run", async () => {
    const { turn, next, ended, unwatched } = openTurn();
    (await next("agent")).answer(ok());
    const asked = await next("agent.wait");
    turn.joined("other");
    turn.joined("never");
    asked.answer({ status: "timeout" });
    const waiting = await next("agent.wait");
    expect(waiting.params).toMatchObject({ runId: "other" });
    waiting.answer({ status: "ok" });
    (await next("chat.history")).answer({ messages: [] });
    expect(await ended).toBe("end_turn");
    expect(unwatched).toEqual([turn.runId, "other"]);
  });

  test("fails with the run that took it along; where that run is never told of, it ends", async () => {
    const first = openTurn();
    first.turn.joined("other");
    (await first.next("agent")).answer(ok());
    (await first.next("agent.wait")).answer({ status: "error", error: "The model failed." });
    await expect(first.ended).rejects.toMatchObject({ kind: "unavailable", message: "The model failed." });
    const second = openTurn();
    (await second.next("agent")).answer(ok());
    (await second.next("agent.wait")).answer({ status: "ok" });
    expect(await second.ended).toBe("end_turn");
  });

  test("that cannot be taken is not sent", async () => {
    const { asked, ended, unwatched } = openTurn(async () => Promise.reject(new Error("too large")));
    await expect(ended).rejects.toThrow("too large");
    expect(asked).toEqual([]);
    expect(unwatched).toHaveLength(1);
  });
});

describe("a cancel", () => {
  test("before the gateway has the message sends nothing", async () => {
    const gate = Promise.withResolvers<void>();
    const { turn, asked, ended } = openTurn(() => gate.promise);
    const cancelled = turn.cancel();
    gate.resolve();
    expect(await ended).toBe("cancelled");
    await cancelled;
    expect(asked).toEqual([]);
  });

  test("waits for the message to be taken, and comes again when the run begins only then", async () => {
    const { turn, next, asked, ended } = openTurn();
    const request = await next("agent");
    void turn.cancel();
    void turn.cancel();
    await Promise.resolve();
    expect(asked).toEqual([]);
    request.options?.onAccepted?.({});
    expect((await next("chat.abort")).params).toEqual({ sessionKey: "agent:main:x", runId: turn.runId });
    turn.began();
    (await next("chat.abort")).fail(new Error("gone"));
    request.answer(aborted);
    expect(await ended).toBe("cancelled");
  });

  test("of a prompt that joined another run stops that run", async () => {
    const { turn, next, ended } = openTurn();
    const request = await next("agent");
    request.options?.onAccepted?.({});
    turn.joined("other");
    void turn.cancel();
    expect((await next("chat.abort")).params).toMatchObject({ runId: "other" });
    request.answer(ok());
    (await next("agent.wait")).answer({ status: "error", error: "aborted" });
    (await next("chat.history")).answer({ messages: [] });
    expect(await ended).toBe("cancelled");
  });

  test("turns whatever comes after it into a cancelled end, an error too", async () => {
    const { turn, next, ended } = openTurn();
    const request = await next("agent");
    void turn.cancel();
    request.fail(Object.assign(new Error("lost"), { kind: "unavailable" }));
    expect(await ended).toBe("cancelled");
  });

  test("by somebody else is one too", async () => {
    const { next, ended } = openTurn();
    (await next("agent")).answer(aborted);
    expect(await ended).toBe("cancelled");
  });
});

test.each([
  [undefined, "end_turn"],
  [{ role: "user", content: [] }, "end_turn"],
  [{ role: "assistant", content: [], stopReason: "stop" }, "end_turn"],
  [{ role: "assistant", content: [], stopReason: "length" }, "max_tokens"],
  [{ role: "assistant", content: [], stopReason: "error" }, "refusal"],
  [{ role: "assistant", content: [], stopReason: "error", errorMessage: "no" }, "end_turn"],
] as const)("the last line %p ends a turn as %s", (message, reason) => {
  expect(stopReasonOf(message)).toBe(reason);
});
