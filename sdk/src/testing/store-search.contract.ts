// What every Store promises of its search.
import type { UserBlock } from "../content.ts";
import { type Entry, noUsage, type Session } from "../session.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { StoreWorld } from "./store.world.ts";

const session = (key: string, agent = "main"): Session => ({
  ...{ key, id: `id-${key}`, agent, createdAt: 1, updatedAt: 1 },
  usage: noUsage,
});

function said(seq: number, text: string): Entry {
  const content: readonly UserBlock[] = [{ type: "text", text }];
  return { seq, at: seq, body: { type: "user", content } };
}

function answered(seq: number, text: string): Entry {
  const content = [{ type: "text", text }] as const;
  return {
    seq,
    at: seq,
    body: { type: "step", content, provider: "p", model: "m", stopReason: "end", usage: noUsage },
  };
}

async function fill({ store }: StoreWorld): Promise<void> {
  await store.commit([
    { type: "session-put", session: session("a") },
    { type: "entry", sessionId: "id-a", entry: said(1, "Where is the blue bicycle?") },
    { type: "entry", sessionId: "id-a", entry: answered(2, "The blue bicycle stands in the shed.") },
    { type: "session-put", session: session("b", "other") },
    { type: "entry", sessionId: "id-b", entry: said(1, "Das Café in Zürich öffnet um neun") },
  ]);
}

export const storeSearchContract: readonly ContractCase<StoreWorld>[] = [
  {
    name: "finds entries that hold all words, and tells whose they are",
    async run(world) {
      await fill(world);
      const hits = await world.store.search("bicycle blue");
      expectSame(
        hits.map((hit) => [hit.sessionKey, hit.seq, hit.role]).sort(),
        [
          ["a", 1, "user"],
          ["a", 2, "agent"],
        ],
        "hits",
      );
      expectThat(
        hits.every((hit) => hit.snippet.includes("bicycle")),
        "each shows where",
      );
      expectSame(await world.store.search("bicycle garage"), [], "all words must occur");
    },
  },
  {
    name: "finds whatever the case and the accents, and a last word that has only begun",
    async run(world) {
      await fill(world);
      for (const query of ["CAFE", "café zurich", "öff", "offn"])
        expectSame(
          (await world.store.search(query)).map((hit) => hit.sessionKey),
          ["b"],
          query,
        );
    },
  },
  {
    name: "takes nothing that is typed for a query language, and finds nothing without words",
    async run(world) {
      await fill(world);
      for (const query of ["", "  ", '"', "*", "()", "';--", "-"])
        expectSame(await world.store.search(query), [], query);
      for (const query of ['blue" OR "shed', "blue AND NOT bicycle", "NEAR(blue, shed)", "words:blue"])
        await world.store.search(query);
    },
  },
  {
    name: "keeps to the agent, the sessions and the number that are asked for",
    async run(world) {
      await fill(world);
      expectSame((await world.store.search("blue", { limit: 1 })).length, 1, "limit");
      expectSame(await world.store.search("blue", { agent: "other" }), [], "another agent's");
      expectSame(await world.store.search("blue", { keys: ["b"] }), [], "another session's");
      expectSame((await world.store.search("blue", { keys: ["a", "b"] })).length, 2, "these sessions");
    },
  },
  {
    name: "finds entries that hold any of the words, those with rare ones first",
    async run(world) {
      await fill(world);
      const common = Array.from({ length: 20 }, (_, index) => said(index + 3, `The bicycle number ${index} is ready`));
      await world.store.commit([
        ...common.map((entry) => ({ type: "entry" as const, sessionId: "id-a", entry })),
        { type: "entry", sessionId: "id-a", entry: said(23, "The lighthouse is ready") },
      ]);
      const hits = await world.store.search("is the bicycle at the lighthouse", { any: true, keys: ["a"] });
      expectSame(hits[0]?.seq, 23, "the rare word wins");
      expectThat(hits.length > 20, "one word is enough");
      expectSame(
        (await world.store.search("lighthouse garage", { any: true })).map((hit) => hit.seq),
        [23],
        "others",
      );
      expectSame(await world.store.search("light garage", { any: true }), [], "beginnings of words are not enough");
      expectSame((await world.store.search("bicycle", { any: true, limit: 3 })).length, 3, "limit");
    },
  },
  {
    name: "finds what was written since the last search, once, and no longer what is gone",
    async run(world) {
      await fill(world);
      await world.store.search("bicycle");
      await world.store.commit([{ type: "entry", sessionId: "id-a", entry: said(3, "And the red bicycle?") }]);
      expectSame((await world.store.search("bicycle")).length, 3, "with the new one");
      await world.store.commit([{ type: "session-remove", key: "a" }]);
      expectSame(await world.store.search("bicycle"), [], "the session is gone");
    },
  },
];
