import { describe, expect, test } from "bun:test";
import { Fault, type InboundMessage } from "@homarus/sdk";
import { createMemoryStore } from "@homarus/sdk/testing";
import { createLine } from "../../server/src/core/line.ts";
import { openWorld, say } from "./world.ts";

describe("the line's one door", () => {
  test("a message that cannot be stored is not taken, and the caller is told", async () => {
    const store = {
      ...createMemoryStore(),
      admit: () => Promise.reject(new Fault("unavailable", "store.full", "Full.")),
    };
    const world = openWorld({ store });
    const line = createLine(world.parts);
    await expect(line.receive(say("hello"))).rejects.toMatchObject({ code: "store.full" });
    await line.idle();
    expect(world.provider.requests).toEqual([]);
  });

  test("a message from an earlier process is answered from the store when it is repeated", async () => {
    const world = openWorld();
    const message: InboundMessage = say("hello");
    const outcome = await (await world.line.receive(message)).ended;
    const later = createLine(world.parts);
    const received = await later.receive(message);
    expect([received.isNew, await received.ended]).toEqual([false, outcome]);
    expect(world.provider.requests).toHaveLength(1);
  });

  test("a commit that fails while a run takes another message along leaves that message its own turn", async () => {
    const store = createMemoryStore();
    let letGo: (() => void) | undefined;
    const inTool = Promise.withResolvers<void>();
    let isBroken = false;
    const world = openWorld({
      store: {
        ...store,
        commit: (writes) =>
          isBroken && writes.some((write) => write.type === "inbox-outcome" && write.outcome.type === "steered")
            ? Promise.reject(new Fault("bug", "store.seq", "Out of order."))
            : store.commit(writes),
      },
      script: (_, call) => (call === 1 ? { calls: [{ id: "c1", name: "act", input: {} }] } : { text: "Second." }),
      execute: async () => {
        inTool.resolve();
        await new Promise<void>((resolve) => {
          letGo = resolve;
        });
        return { content: [{ type: "text", text: "ok" }] };
      },
    });
    const first = await world.line.receive(say("start"));
    await inTool.promise;
    const second = await world.line.receive(say("and this"));
    isBroken = true;
    letGo?.();
    expect(await first.ended).toMatchObject({ type: "failed" });
    expect(await second.ended).toMatchObject({ type: "replied", text: "Second." });
  });

  test("work on a session waits until its run has ended", async () => {
    const world = openWorld();
    const { ended } = await world.line.receive(say("hello"));
    while (world.line.runs.active().length === 0) await Promise.resolve();
    const outcome = await world.line.exclusive("agent:main:main", async () => (await world.store.openInbox()).length);
    expect(outcome).toBe(0);
    await ended;
  });
});
