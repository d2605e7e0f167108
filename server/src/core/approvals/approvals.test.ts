import { describe, expect, test } from "bun:test";
import type { Approval, ApprovalDecision, ApprovalRequest } from "@homarus/sdk";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { createApprovals } from "./book.ts";
import { decisionRecord, requestRecord } from "./records.ts";
import type { ShelfParts } from "./shelf.ts";
import { createStanding, isSame } from "./standing.ts";
import { askText, changedText, choicesOf, decidedText, refusedText } from "./words.ts";

const request: ApprovalRequest = {
  ...{ kind: "tool", name: "exec", preview: "rm -rf build", input: { command: "rm -rf build" }, reason: "It removes." },
  ...{ agent: "main", sessionKey: "s", runId: "r", callId: "c", channel: "webchat", audience: "owner", marks: [] },
  covers: "exact",
};
const decision: ApprovalDecision = { type: "allowed", scope: "always", by: "Pat", channel: "telegram", at: 7 };
const approval: Approval = { id: "a", key: "k", code: "K7QF", request, createdAt: 1, expiresAt: 2, decision };

describe("a standing yes", () => {
  test("covers exactly these arguments, in whatever order they stand, and of no other agent or kind", async () => {
    const store = createMemoryStore();
    const standing = createStanding({ store });
    const { writes, done } = await standing.add(approval, "s1");
    expect(await standing.find(request, "s1")).toBeUndefined();
    await store.commit(writes);
    done();
    expect(await standing.find(request, "s1")).toBeDefined();
    const found = async (changes: Partial<ApprovalRequest>) =>
      (await createStanding({ store }).find({ ...request, ...changes }, "s2")) !== undefined;
    expect(await found({})).toBe(true);
    expect(await found({ input: { command: "rm -rf /" } })).toBe(false);
    expect(await found({ agent: "other" })).toBe(false);
    expect(await found({ kind: "egress" })).toBe(false);
    expect(await found({ name: "write" })).toBe(false);
    expect(isSame({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
    expect(isSame([1, 2], [2, 1])).toBe(false);
  });

  test("of conversations only the newest stay", async () => {
    const store = createMemoryStore();
    const standing = createStanding({ store });
    for (let index = 0; index < 502; index += 1) {
      const one: Approval = { ...approval, id: `a${index}`, decision: { ...decision, scope: "session" } };
      const { writes, done } = await standing.add(one, `s${index}`);
      await store.commit(writes);
      done();
    }
    expect(await standing.list()).toHaveLength(500);
    expect(await store.values("standing-rules").list()).toHaveLength(500);
    expect(await standing.find(request, "s0")).toBeUndefined();
    expect(await standing.find(request, "s501")).toBeDefined();
  });
});

describe("the book", () => {
  function open() {
    const clock = createFakeClock(1_000);
    const stop = new AbortController();
    const kept = createMemoryStore();
    /** Of the next commits. */
    const failures: Error[] = [];
    const store: ShelfParts["store"] = {
      values: kept.values,
      async commit(writes) {
        const failure = failures.shift();
        if (failure) throw failure;
        return kept.commit(writes);
      },
    };
    const events: string[] = [];
    let ids = 0;
    const log = { warn: (event: string) => void events.push(event) };
    const parts = {
      ...{ store, clock, log, signal: stop.signal, newId: () => `id${++ids}` },
      random: (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)),
      emit: (event: { readonly type: string }) => void events.push(event.type),
    };
    const how = { timeoutMs: 60_000, signal: stop.signal, sessionId: "s" };
    return { clock, store, failures, events, how, book: createApprovals(parts), again: () => createApprovals(parts) };
  }

  test("the same question asked twice is one, and both get its answer", async () => {
    const { book, how, events } = open();
    const both = [book.ask("k", request, how), book.ask("k", request, how)];
    while ((await book.waiting()).length === 0) await Promise.resolve();
    const [one] = await book.waiting();
    await book.decide(one?.code ?? "", { type: "denied", scope: "once", by: "Pat", channel: "web" });
    expect((await Promise.all(both)).map(({ type }) => type)).toEqual(["denied", "denied"]);
    expect(events).toEqual(["approval-requested", "approval-decided"]);
  });

  test("what nobody waits for cannot be decided, and nothing is decided twice", async () => {
    const { book, how } = open();
    await expect(book.decide("XXXX", decision)).rejects.toMatchObject({ kind: "invalid", code: "approval.unknown" });
    const answer = book.ask("k", request, how);
    while ((await book.waiting()).length === 0) await Promise.resolve();
    const [one] = await book.waiting();
    await book.decide(one?.id ?? "", decision);
    await answer;
    await expect(book.decide(one?.id ?? "", decision)).rejects.toMatchObject({ code: "approval.decided" });
  });

  test("a flood of questions is refused before it buries those that count", async () => {
    const { book, how } = open();
    const asked = Array.from({ length: 200 }, (_, index) => book.ask(`k${index}`, request, how));
    while ((await book.waiting()).length < 200) await Promise.resolve();
    await expect(book.ask("one more", request, how)).rejects.toMatchObject({ kind: "limited" });
    const codes = (await book.waiting()).map(({ code }) => code);
    expect(new Set(codes).size).toBe(200);
    for (const code of codes) expect(code).toMatch(/^(?=.*[2-9])(?=.*[A-Z])[2-9A-Z]{4}$/);
    for (const { id } of await book.waiting())
      await book.decide(id, { type: "denied", scope: "once", by: "Pat", channel: "web" });
    await Promise.all(asked);
  });

  test("a yes for good that could not be stored does not hold, and can be given again", async () => {
    const it = open();
    const answer = it.book.ask("k", request, it.how);
    while ((await it.book.waiting()).length === 0) await Promise.resolve();
    const [one] = await it.book.waiting();
    const always = { type: "allowed", scope: "always", by: "Pat", channel: "web" } as const;
    it.failures.push(new Error("the disk is full"));
    await expect(it.book.decide(one?.id ?? "", always)).rejects.toThrow("full");
    expect(await it.book.standing.list()).toEqual([]);
    await it.book.decide(one?.id ?? "", always);
    expect((await answer).type).toBe("allowed");
    expect(await it.book.standing.list()).toHaveLength(1);
  });

  test("where it cannot be stored that time is over, it is tried again until it can, and a late yes is none", async () => {
    const { book, how, clock, failures, events } = open();
    const answer = book.ask("k", request, how);
    while ((await book.waiting()).length === 0) await Promise.resolve();
    failures.push(new Error("full"), new Error("full"));
    await clock.advance(60_000);
    const [one] = await book.waiting();
    await clock.advance(5_000);
    expect((await book.waiting()).length).toBe(1);
    await clock.advance(9_999);
    expect((await book.waiting()).length).toBe(1);
    await clock.advance(1);
    expect((await answer).type).toBe("expired");
    expect(events.filter((event) => event === "approval.not-expired")).toHaveLength(2);
    expect(await book.waiting()).toEqual([]);
    await expect(book.decide(one?.id ?? "", decision)).rejects.toMatchObject({ code: "approval.decided" });
    const late = book.ask("late", request, how);
    while ((await book.waiting()).length === 0) await Promise.resolve();
    failures.push(new Error("full"));
    await clock.advance(60_000);
    const [two] = await book.waiting();
    expect((await book.decide(two?.id ?? "", decision)).decision?.type).toBe("expired");
    expect((await late).type).toBe("expired");
    expect(await book.standing.list()).toEqual([]);
  });

  test("whoever is stopped hears why, also where the question cannot be taken back", async () => {
    const { book, how, failures } = open();
    const stop = new AbortController();
    const answer = book.ask("k", request, { ...how, signal: stop.signal });
    while ((await book.waiting()).length === 0) await Promise.resolve();
    failures.push(new Error("full"));
    stop.abort(new Error("stopped"));
    await expect(answer).rejects.toThrow("stopped");
  });

  test("what was decided more than a day ago is let go of while the house goes", async () => {
    const { book, how, clock, store } = open();
    const deny = { type: "denied", scope: "once", by: "Pat", channel: "web" } as const;
    for (const name of ["k1", "k2", "k3"]) {
      const answer = book.ask(name, request, how);
      while ((await book.waiting()).length === 0) await Promise.resolve();
      await book.decide((await book.waiting())[0]?.id ?? "", deny);
      await answer;
      await clock.advance(50_000_000);
    }
    expect((await book.recent()).map(({ key }) => key)).toEqual(["k3", "k2"]);
    expect((await store.values("approvals").list()).map(({ key }) => key)).toEqual(["k2", "k3"]);
  });

  test("changed arguments are refused where they would be dropped, and the question stays open", async () => {
    const { book, how } = open();
    void book.ask("k", { ...request, kind: "egress" }, how);
    while ((await book.waiting()).length === 0) await Promise.resolve();
    const [one] = await book.waiting();
    const changed = { type: "allowed", scope: "once", by: "Pat", channel: "web", input: { url: "b" } } as const;
    await expect(book.decide(one?.id ?? "", changed)).rejects.toMatchObject({ code: "approval.fixed" });
    expect(await book.waiting()).toHaveLength(1);
  });

  test("a yes to a question of the agent holds once, and nothing else is offered", async () => {
    const { book, how, clock } = open();
    const question: ApprovalRequest = { ...request, kind: "question" };
    const answer = book.ask("k", question, how);
    while ((await book.waiting()).length === 0) await Promise.resolve();
    const [one] = await book.waiting();
    if (!one) throw new Error("nothing waits");
    expect(askText(one, clock.now())).not.toMatch(/session|always/);
    expect(askText({ ...one, request }, clock.now())).toMatch(/session.*always/);
    expect(choicesOf(one).map(({ label }) => label)).toEqual(["Yes", "No"]);
    await book.decide(one.id, { type: "allowed", scope: "always", by: "Pat", channel: "web" });
    expect(await answer).toMatchObject({ type: "allowed", scope: "once" });
    expect(await book.standing.list()).toEqual([]);
  });

  test("a question whose time ran out while the house was down is a no at the next start", async () => {
    const { book, how, clock, again } = open();
    void book.ask("k", request, how).catch(() => undefined);
    while ((await book.waiting()).length === 0) await Promise.resolve();
    const next = again();
    await next.waiting();
    await clock.advance(60_001);
    expect((await next.ask("k", request, how)).type).toBe("expired");
  });
});

test("words say what became of it", () => {
  expect(decidedText(approval)).toBe("Allowed: `exec`. It holds from now on.");
  expect(decidedText({ ...approval, decision: { ...decision, type: "denied" } })).toBe("Refused: `exec`.");
  expect(decidedText({ ...approval, decision: { ...decision, type: "expired" } })).toContain("Time is over");
  expect(refusedText("exec", { ...decision, type: "denied", note: "Not today." })).toContain("Not today.");
  expect(changedText("exec", { ...decision, input: { command: "ls" } })).toContain('{"command":"ls"}');
});

test("[K06] the audit's lines name who asked, who decided, with what and where", () => {
  expect(requestRecord(approval)).toMatchObject({ type: "approval-asked", at: 1, actor: "agent main", callId: "c" });
  const record = decisionRecord(approval, { ...decision, input: { command: "ls" }, note: "short" });
  expect(record).toMatchObject({ type: "approval-decided", actor: "Pat", at: 7 });
  expect(record.detail).toMatchObject({ channel: "telegram", changedTo: { command: "ls" }, note: "short" });
});
