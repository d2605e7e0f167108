// Who pays for a call, and what the costs room is told of it before it is made.
import { describe, expect, test } from "bun:test";
import { Fault, type InboundMessage } from "@homarus/sdk";
import type { PlannedCall, Reserve } from "../../server/src/core/costs/reserve.ts";
import { holdsFor, payerOf } from "../../server/src/core/line/paying.ts";
import { openWorld, say } from "./world.ts";

function openPaying(changes: Parameters<typeof openWorld>[0] = {}) {
  const planned: PlannedCall[] = [];
  const ends: string[] = [];
  const reserve: Reserve = async (call) => {
    planned.push(call);
    return {
      settle: async (end) => {
        ends.push(end.type);
        return [];
      },
      void: async () => void ends.push("void"),
    };
  };
  return { planned, ends, world: openWorld({ ...changes, parts: { reserve, ...changes.parts } }) };
}

describe("[Y02] every step of every run is paid by somebody", () => {
  test("[Y02] by the agent and its session, once for each step", async () => {
    const script = [{ calls: [{ id: "c1", name: "look", input: {} }] }, { text: "Seen." }];
    const { world, planned, ends } = openPaying({ script });
    const outcome = await (await world.line.receive(say("look"))).ended;
    expect(outcome).toMatchObject({ type: "replied" });
    const { runId } = outcome as { runId: string };
    expect(planned).toHaveLength(2);
    for (const call of planned)
      expect(call).toMatchObject({ runId, agent: "main", sessionKey: "agent:main:main", provider: "scripted" });
    expect(planned[1]?.inputTokens ?? 0).toBeGreaterThan(256);
    expect(ends.filter((end) => end === "usage")).toHaveLength(2);
  });

  test("a job is told by its id, and a session that another started by its starter", () => {
    const session = { key: "agent:main:child", parent: "agent:main:main" } as never;
    const job = { ...say("x"), origin: "job", peer: { id: "job-7" } } as InboundMessage;
    expect(payerOf({ message: job }, { runId: "r", agent: "main", session })).toEqual({
      ...{ runId: "r", agent: "main", sessionKey: "agent:main:child", parent: "agent:main:main", job: "job-7" },
    });
    expect(payerOf({ message: say("x") }, { runId: "r", agent: "main", session }).job).toBeUndefined();
  });

  test("what it may read is held with some doubt, and the key is named without its mark", async () => {
    const { world, planned } = openPaying();
    const hold = holdsFor({ runId: "r", agent: "a", sessionKey: "s" }, new AbortController().signal, world.parts);
    const request = { maxOutputTokens: 50 } as never;
    await hold({ provider: "p", model: "m", key: "spare:0123abcd" }, { request, tokens: 1_000 }, () => undefined);
    expect(planned[0]).toMatchObject({ key: "spare", inputTokens: 1_506, maxOutputTokens: 50 });
  });

  test("[Y01] a budget that is spent ends the message with how to raise it, and no model is asked", async () => {
    const fault = new Fault("denied", "budget.day", "The budget for the day is spent.", {
      hint: "To raise it: homarus config set budgets.day 5",
    });
    const world = openWorld({ parts: { reserve: () => Promise.reject(fault) } });
    expect(await (await world.line.receive(say("hi"))).ended).toMatchObject({
      ...{ type: "failed", fault: { code: "budget.day" } },
    });
    await world.idle();
    expect(world.provider.requests).toEqual([]);
    expect(world.channel.sent.at(-1)?.text).toBe(
      "The budget for the day is spent. To raise it: homarus config set budgets.day 5",
    );
  });
});
