import { expect, test } from "bun:test";
import type { HouseEvent, RunEvent } from "@homarus/sdk";
import { silentLog } from "@homarus/sdk/testing";
import type { Voice } from "../core/jobs/parts.ts";
import { tellNotices } from "./notices.ts";

test("[Y08] what the owner must know is said where they last spoke, and the same words once an hour", async () => {
  let at = 0;
  const said: string[] = [];
  let hear: (event: RunEvent | HouseEvent) => void = () => undefined;
  const voice: Voice = {
    find: async (_address, { agent }) => ({ sessionKey: `agent:${agent}:main` }),
    async say({ text, spot }, commit) {
      await commit([]);
      said.push(`${spot.sessionKey}: ${text}`);
    },
  };
  tellNotices({
    ...{ log: silentLog, store: { commit: async () => undefined }, voice, newId: () => "n", now: () => at },
    agent: () => "main",
    watch: (listener) => {
      hear = listener;
    },
  });
  for (const text of ["short of memory", "short of memory", "half the budget is spent"]) hear({ type: "notice", text });
  at = 3_600_000;
  hear({ type: "notice", text: "short of memory" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(said).toEqual([
    "agent:main:main: short of memory",
    "agent:main:main: half the budget is spent",
    "agent:main:main: short of memory",
  ]);
});
