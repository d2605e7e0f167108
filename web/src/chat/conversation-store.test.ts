import { describe, expect, test } from "bun:test";
import { type EventFrame, faultOf } from "@homarus/sdk/client";
import type { Gateway } from "../gateway/connection.ts";
import { Conversation } from "./conversation-store.ts";
import { logged, sessionKey } from "./samples.ts";

interface Asked {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly answer: (payload: unknown) => Promise<void>;
  readonly refuse: (error: { code: string; message: string } | undefined) => Promise<void>;
}

/** Lets everything that is ready happen. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A gateway whose answers the test gives, one by one. */
class HandGateway implements Gateway {
  readonly asked: Asked[] = [];
  #isOpen = false;
  readonly #events: ((event: EventFrame) => void)[] = [];
  readonly #opens: ((isOpen: boolean) => void)[] = [];

  isOpen = () => this.#isOpen;

  request<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.asked.push({
      ...{ method, params },
      answer: (payload) => {
        resolve(payload as T);
        return settled();
      },
      refuse: (error) => {
        reject(error ? faultOf(error) : Object.assign(faultOf(undefined), { code: "gateway.disconnected" }));
        return settled();
      },
    });
    return promise;
  }

  onEvent(listener: (event: EventFrame) => void): () => void {
    this.#events.push(listener);
    return () => undefined;
  }

  onOpen(listener: (isOpen: boolean) => void): () => void {
    this.#opens.push(listener);
    return () => undefined;
  }

  set(isOpen: boolean): Promise<void> {
    this.#isOpen = isOpen;
    for (const listener of this.#opens) listener(isOpen);
    return settled();
  }

  tell(event: string, payload: object): Promise<void> {
    for (const listener of this.#events) listener({ type: "event", event, payload: { sessionKey, ...payload } });
    return settled();
  }

  /** The oldest call of this method that has not been looked at. */
  next(method: string): Asked {
    const at = this.asked.findIndex((item) => item.method === method);
    const [found] = at < 0 ? [] : this.asked.splice(at, 1);
    if (!found) throw new Error(`${method} was not called, but ${this.asked.map((item) => item.method).join(", ")}`);
    return found;
  }
}

function drawer(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

function begin(gateway: HandGateway, kept = drawer()): Conversation {
  let keys = 0;
  return new Conversation({ gateway, sessionKey, drawer: kept, newKey: () => `key-${++keys}`, now: () => 1 });
}

const history = (...messages: object[]) => ({ sessionId: "s", messages });

/** Opens the connection and answers what is asked first. */
async function opened(gateway: HandGateway, log: object = history()): Promise<void> {
  await gateway.set(true);
  await gateway.next("chat.history").answer(log);
  await gateway.next("sessions.list").answer({ sessions: [] });
}

function lines(conversation: Conversation): string[] {
  return conversation
    .view()
    .items.map((item) => `${item.type} ${item.text}${item.type === "said" ? ` ${item.state}` : ""}`);
}

describe("sending", () => {
  test("waits for the connection and the log, then goes out in order, one after the other", async () => {
    const gateway = new HandGateway();
    const conversation = begin(gateway);
    conversation.send("one", []);
    conversation.send("two", []);
    await settled();
    expect(gateway.asked).toEqual([]);
    expect(lines(conversation)).toEqual(["said one waiting", "said two waiting"]);
    await opened(gateway);
    expect(gateway.asked.map(({ params }) => params.message)).toEqual(["one"]);
    conversation.send("three", []);
    expect(gateway.asked.map(({ params }) => params.message)).toEqual(["one"]);
    await gateway.next("chat.send").answer({ runId: "key-1", status: "started" });
    expect(gateway.asked.map(({ params }) => params.message)).toEqual(["two"]);
  });

  test("that a drop cut goes out again under the same key", async () => {
    const gateway = new HandGateway();
    const conversation = begin(gateway);
    await opened(gateway);
    conversation.send("one", []);
    const first = gateway.next("chat.send");
    await gateway.set(false);
    await first.refuse(undefined);
    expect(lines(conversation)).toEqual(["said one waiting"]);
    await opened(gateway);
    expect(gateway.next("chat.send").params).toEqual(first.params);
  });

  test("that was accepted is asked for again after a drop, so that its run is heard on", async () => {
    const gateway = new HandGateway();
    begin(gateway).send("one", []);
    await opened(gateway);
    await gateway.next("chat.send").answer({ status: "started" });
    await gateway.set(false);
    await opened(gateway, history(logged(1, "user", "one")));
    const again = gateway.next("chat.send");
    expect(again.params.idempotencyKey).toBe("key-1");
    await again.answer({ status: "in_flight" });
    gateway.next("chat.history");
  });

  test("that ended is not sent again", async () => {
    const gateway = new HandGateway();
    begin(gateway).send("one", []);
    await opened(gateway);
    await gateway.next("chat.send").answer({ status: "started" });
    await gateway.tell("chat", { runId: "key-1", state: "final" });
    await gateway.next("chat.history").answer(history(logged(1, "user", "one"), logged(2, "assistant", "Yes.")));
    await gateway.set(false);
    await opened(gateway);
    expect(gateway.asked).toEqual([]);
  });

  test("outlives a reload of the page, under the same key", async () => {
    const kept = drawer();
    begin(new HandGateway(), kept).send("one", []);
    const gateway = new HandGateway();
    const conversation = begin(gateway, kept);
    await opened(gateway);
    expect(gateway.next("chat.send").params).toMatchObject({ message: "one", idempotencyKey: "key-1" });
    expect(lines(conversation)).toEqual(["said one sending"]);
  });

  test("that was refused says why, can be tried again under the same key, or be discarded", async () => {
    const gateway = new HandGateway();
    const conversation = begin(gateway);
    await opened(gateway);
    conversation.send("one", []);
    await gateway.next("chat.send").refuse({ code: "INVALID_REQUEST", message: "message too long" });
    expect(conversation.view().items[0]).toMatchObject({
      state: "failed",
      problem: "Message too long. Change what you sent, and send it again.",
    });
    conversation.retry("key-1");
    expect(gateway.next("chat.send").params.idempotencyKey).toBe("key-1");
    conversation.discard("key-1");
    expect(lines(conversation)).toEqual([]);
  });

  test("a word that stops is told what it did, though no run bears its key", async () => {
    const gateway = new HandGateway();
    const conversation = begin(gateway);
    await opened(gateway);
    conversation.send("/stop", []);
    await gateway.next("chat.send").answer({ ok: true, aborted: false, runIds: [] });
    expect(lines(conversation)).toEqual(["said /stop said", "note There was nothing to stop."]);
    expect(conversation.view().isRunning).toBe(false);
  });

  test("a picture goes as base64 without its address", async () => {
    const gateway = new HandGateway();
    const conversation = begin(gateway);
    await opened(gateway);
    const address = "data:image/png;base64,AAAA";
    conversation.send("", [{ name: "a.png", mediaType: "image/png", bytes: 3, address }]);
    expect(gateway.next("chat.send").params.attachments).toEqual([
      { type: "image", mimeType: "image/png", fileName: "a.png", content: "AAAA" },
    ]);
  });
});

describe("reading the log", () => {
  test("at first all that is shown, later the newest, and all again where that leaves a hole", async () => {
    const gateway = new HandGateway();
    begin(gateway);
    await gateway.set(true);
    const first = gateway.next("chat.history");
    expect(first.params.limit).toBe(200);
    await first.answer(history(logged(1, "user", "one")));
    await gateway.next("sessions.list").answer({ sessions: [] });
    await gateway.tell("chat", { runId: "r", state: "final" });
    const second = gateway.next("chat.history");
    expect(second.params.limit).toBe(50);
    await second.answer(history(...Array.from({ length: 50 }, (_, at) => logged(100 + at, "user", "later"))));
    expect(gateway.next("chat.history").params.limit).toBe(200);
  });

  test("asked for while it is being read, it is read once more, not thrice", async () => {
    const gateway = new HandGateway();
    begin(gateway);
    await opened(gateway);
    for (const runId of ["a", "b", "c"]) await gateway.tell("chat", { runId, state: "final" });
    expect(gateway.asked.length).toBe(1);
    await gateway.next("chat.history").answer(history());
    expect(gateway.asked.length).toBe(1);
    await gateway.next("chat.history").answer(history());
    expect(gateway.asked.length).toBe(0);
  });

  test("that fails is told, save when the connection is to blame", async () => {
    const gateway = new HandGateway();
    const conversation = begin(gateway);
    await gateway.set(true);
    await gateway.next("chat.history").refuse({ code: "UNAVAILABLE", message: "disk full" });
    expect(lines(conversation)).toEqual([
      "note Disk full. Try again. If it happens again, the gateway's log says more.",
    ]);
  });
});

test("whether a run goes is asked again when one ended in between", async () => {
  const gateway = new HandGateway();
  const conversation = begin(gateway);
  await gateway.set(true);
  await gateway.next("chat.history").answer(history());
  const stale = gateway.next("sessions.list");
  await gateway.tell("chat", { runId: "r", state: "final" });
  await stale.answer({ sessions: [{ key: sessionKey, hasActiveRun: true }] });
  expect(conversation.view().isRunning).toBe(false);
  await gateway.next("sessions.list").answer({ sessions: [{ key: sessionKey, hasActiveRun: true }] });
  expect(conversation.view().isRunning).toBe(true);
});

test("what happens in other sessions changes nothing", async () => {
  const gateway = new HandGateway();
  const conversation = begin(gateway);
  await opened(gateway);
  const before = conversation.view();
  await gateway.tell("agent", {
    sessionKey: "other",
    runId: "r",
    stream: "assistant",
    data: { text: "a", delta: "a" },
  });
  await gateway.tell("chat", { sessionKey: "other", runId: "r", state: "final" });
  expect(conversation.view()).toBe(before);
  expect(gateway.asked).toEqual([]);
});

test("the newest three ends are announced, each whole and once", async () => {
  const gateway = new HandGateway();
  const conversation = begin(gateway);
  await opened(gateway);
  const message = (text: string) => ({ message: { content: [{ type: "text", text }] } });
  for (const [runId, rest] of [
    ["a", message("one")],
    ["b", message("two")],
    ["c", {}],
    ["d", message("three")],
  ] as const)
    await gateway.tell("chat", { runId, state: "final", ...rest });
  await gateway.tell("chat", { runId: "e", state: "aborted" });
  expect(conversation.view().announcements.map(({ text }) => text)).toEqual(["two", "three", "Stopped."]);
});

test("stopping asks the gateway to end the session's runs", async () => {
  const gateway = new HandGateway();
  const conversation = begin(gateway);
  await opened(gateway);
  conversation.stop();
  expect(gateway.next("chat.abort").params).toEqual({ sessionKey });
});
