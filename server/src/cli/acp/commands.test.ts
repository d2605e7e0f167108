import { expect, test } from "bun:test";
import { availableCommands, commandNames } from "./commands.ts";

const listed = {
  commands: [
    { name: "help", description: "What I understand.", textAliases: ["/help", "/Commands"], acceptsArgs: false },
    { name: "think", description: "Think.", acceptsArgs: true, args: [{ name: "value", description: "off | low" }] },
    {
      name: "skill",
      description: "Run.",
      acceptsArgs: true,
      args: [{ name: "name", description: "" }, { name: "input" }],
    },
    { name: "tell", description: "Tell.", acceptsArgs: true },
  ],
};

test("the house's commands are offered with what they take", () => {
  expect(availableCommands(listed)).toEqual([
    { name: "help", description: "What I understand." },
    { name: "think", description: "Think.", input: { hint: "off | low" } },
    { name: "skill", description: "Run.", input: { hint: "name input" } },
    { name: "tell", description: "Tell.", input: { hint: "text" } },
  ]);
});

test("a command is known by its name and by its other names", () => {
  expect([...commandNames(listed)]).toEqual(["help", "commands", "think", "skill", "tell"]);
});
