import { describe, expect, test } from "bun:test";
import { commands, helpText, parseCommand } from "./commands.ts";

describe("[F09] what is a command:", () => {
  const cases: readonly (readonly [text: string, name: string | undefined, argument?: string])[] = [
    ["/help", "help"],
    ["!help", "help"],
    ["  /HELP  ", "help"],
    ["/help@homarus_bot", "help"],
    ["/commands", "help"],
    ["/stop", "stop"],
    ["stop", "stop"],
    ["Stop", "stop"],
    ["esc", "stop"],
    ["/cancel", "stop"],
    ["/reset", "new"],
    ["/model openai/gpt", "model", "openai/gpt"],
    ["/model@homarus_bot  openai/gpt ", "model", "openai/gpt"],
    ["!think\nhigh", "think", "high"],
    ["yes K7QF", "approve", "K7QF"],
    ["Nein k7qf, not today", "deny", "k7qf not today"],
    ["yes please do", undefined],
    ["no", undefined],
    ["stop it", undefined],
    ["/unknown", undefined],
    ["/", undefined],
    ["/music/list is long", undefined],
    ["please /help", undefined],
    ["help", undefined],
    ["", undefined],
  ];
  test.each(cases)("%j", (text, name, argument = "") => {
    const found = parseCommand(text);
    expect(found && [found.name, found.argument]).toEqual(name === undefined ? undefined : [name, argument]);
  });

  test("an answer in plain words says the code it needs, since ordinary talk has the same form", () => {
    expect(
      ["yes this looks good", "no idea", "yes k7qf", "/approve K7QF"].map((text) => parseCommand(text)?.code),
    ).toEqual(["THIS", "IDEA", "K7QF", undefined]);
  });

  test("no two commands answer to one word, and each stands in the help", () => {
    const words = commands.flatMap((command) => [command.name, ...command.aliases]);
    expect(new Set(words).size).toBe(words.length);
    for (const command of commands) expect(helpText()).toContain(`\`${command.usage}\`: ${command.help}`);
  });

  test("what looks or stops is answered at once; what changes the session waits for its run", () => {
    expect(commands.filter((command) => !command.inLane).map((command) => command.name)).toEqual([
      "help",
      "status",
      "stop",
      "resume",
      "approve",
      "deny",
      "approvals",
    ]);
  });
});
