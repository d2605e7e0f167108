import { expect, test } from "bun:test";
import { availableCommands, commandNames } from "./commands.ts";
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

test("commands come from the gateway where it lists them, else from this house; aliases are commands too", () => {
  const own = availableCommands(undefined);
  expect(own.map(({ name }) => name)).toContain("think");
  expect(own.find(({ name }) => name === "help")).not.toHaveProperty("input");
  expect(own.find(({ name }) => name === "think")?.input).toEqual({ hint: "[off | low | medium | high]" });
  const listed = availableCommands({
    commands: [
      { name: "skill", description: "Run a skill.", acceptsArgs: true, args: [{ name: "name" }, { name: "input" }] },
      { name: "tell", description: "Tell.", acceptsArgs: true },
    ],
  });
  expect(listed).toEqual([
    { name: "skill", description: "Run a skill.", input: { hint: "name input" } },
    { name: "tell", description: "Tell.", input: { hint: "text" } },
  ]);
  expect([...commandNames(listed)]).toEqual(expect.arrayContaining(["skill", "reset", "model"]));
});
