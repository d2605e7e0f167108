import { describe, expect, test } from "bun:test";
import type { InboxRow, Session } from "@homarus/sdk";
import { answer } from "../../server/src/core/line/answer.ts";
import { createRuns } from "../../server/src/core/line/runs.ts";
import { resetSession } from "../../server/src/core/sessions/session.ts";
import { openWorld, say, type World } from "./world.ts";

const authority = { audience: "owner", marks: [], isUnattended: false } as const;
const route = { agent: "main", sessionKey: "agent:main:main" };

async function open() {
  const world = openWorld();
  const row = (await world.store.admit(say("x"), 1)) as InboxRow;
  const runs = createRuns(world.clock, world.parts.signal);
  const ask = (name: string, argument = "") =>
    answer({ name, argument }, { row, route, authority }, { ...world.parts, runs });
  return { world, runs, ask, session: () => sessionOf(world) };
}

async function sessionOf(world: World): Promise<Session> {
  return (await world.store.session(route.sessionKey)) as Session;
}

describe("[F09] commands", () => {
  test("help lists them; an unknown one is a bug", async () => {
    const it = await open();
    expect(await it.ask("help")).toContain("/model");
    await expect(it.ask("dance")).rejects.toMatchObject({ kind: "bug" });
  });

  test("status says model, session, thinking and whether a run goes", async () => {
    const it = await open();
    expect(await it.ask("status")).toContain("I am idle");
    const run = it.runs.begin("r", route.sessionKey, 5_000);
    const text = await it.ask("status");
    run.end();
    for (const words of [
      "scripted/model-1",
      route.sessionKey,
      "Thinking: off",
      "working on something",
      "The house stands.",
    ])
      expect(text).toContain(words);
  });

  test("stop stops the session's run, and says so when there is none", async () => {
    const it = await open();
    expect(await it.ask("stop")).toContain("nothing");
    const run = it.runs.begin("r", route.sessionKey, 5_000);
    expect(await it.ask("stop")).toBe("Stopped.");
    expect(run.signal.aborted).toBe(true);
    run.end();
  });

  test("[A40] a model is shown, chosen and given up", async () => {
    const it = await open();
    expect(await it.ask("model")).toContain("scripted/model-1");
    expect(await it.ask("model", "special")).toContain("scripted/special");
    expect((await it.session()).model).toBe("scripted/special");
    expect(await it.ask("status")).toContain("chosen for this conversation");
    await it.ask("model", "default");
    expect((await it.session()).model).toBeUndefined();
  });

  test("a level of thinking is shown and chosen, and nonsense is refused with the levels", async () => {
    const it = await open();
    expect(await it.ask("think")).toContain("off, low, medium, high");
    await it.ask("think", "HIGH");
    expect((await it.session()).thinking).toBe("high");
    await expect(it.ask("think", "harder")).rejects.toMatchObject({
      kind: "invalid",
      hint: expect.stringContaining("medium"),
    });
    expect((await it.session()).thinking).toBe("high");
  });
});

test("[E05] a reset begins a fresh log; label, model, thinking and persona stay, use and title do not", async () => {
  const { world, ask } = await open();
  await ask("model", "special");
  const old = {
    ...(await sessionOf(world)),
    label: "Work",
    title: "Old talk",
    persona: "Rhyme.",
    usage: { input: 9, output: 9, cacheRead: 0, cacheWrite: 0 },
  };
  await world.store.commit([{ type: "session-put", session: old }]);
  const fresh = await resetSession(route.sessionKey, "main", world.parts);
  expect(fresh).toMatchObject({ label: "Work", persona: "Rhyme.", model: "scripted/special", usage: { input: 0 } });
  expect([fresh.title, fresh.id === old.id]).toEqual([undefined, false]);
  expect(await sessionOf(world)).toEqual(fresh);
});
