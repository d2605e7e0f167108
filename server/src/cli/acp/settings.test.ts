import { expect, test } from "bun:test";
import { changeOf, offerOf, settingsOf } from "./settings.ts";

const models = [
  { provider: "openai", id: "a/b", name: "A B" },
  { provider: "ollama", id: "c", name: "C" },
];

test("a session's own model and thinking win over the agent's", () => {
  const row = { key: "k", modelProvider: "openai", model: "a/b", thinkingLevel: "high" };
  expect(settingsOf(row, "ollama/c")).toEqual({ model: "openai/a/b", thinking: "high" });
  expect(settingsOf(undefined, "ollama/c")).toEqual({ model: "ollama/c", thinking: "default" });
  expect(settingsOf({ key: "k", thinkingLevel: "xhigh" }, undefined)).toEqual({ model: "", thinking: "default" });
});

test("the offer names the present values, also a model that is not in the list; without any model there is no choice", () => {
  const offer = offerOf({ model: "own/x", thinking: "low" }, models);
  expect(offer.modes.currentModeId).toBe("low");
  expect(offer.configOptions).toMatchObject([
    {
      id: "model",
      currentValue: "own/x",
      options: [{ value: "own/x" }, { value: "openai/a/b" }, { value: "ollama/c" }],
    },
    { id: "thinking", currentValue: "low" },
  ]);
  expect(offerOf({ model: "", thinking: "default" }, []).configOptions.map(({ id }) => id)).toEqual(["thinking"]);
});

test("a change is one of the values on offer, and nothing else", () => {
  const offer = offerOf({ model: "ollama/c", thinking: "default" }, models);
  expect(changeOf(offer, "model", "openai/a/b")).toEqual({
    settings: { model: "openai/a/b" },
    patch: { model: "openai/a/b" },
  });
  expect(changeOf(offer, "thinking", "default")).toEqual({
    settings: { thinking: "default" },
    patch: { thinkingLevel: null },
  });
  for (const [id, value] of [
    ["model", "openai/z"],
    ["thinking", true],
    ["mode", "low"],
    ["thinking", undefined],
  ] as const)
    expect(changeOf(offer, id, value)).toBeUndefined();
});
