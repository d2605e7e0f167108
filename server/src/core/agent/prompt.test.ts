import { describe, expect, test } from "bun:test";
import { type MessageFacts, messageNote, type PromptFacts, systemPrompt } from "./prompt.ts";

const facts = (more: Partial<PromptFacts> = {}): PromptFacts => ({
  ...{ agentName: "Homarus", toolNames: ["read", "exec"] },
  workspace: { files: [{ name: "SOUL.md", text: "Be kind." }], skills: [] },
  ...more,
});

const message: MessageFacts = {
  ...{ channel: "telegram", sender: "Pat" },
  ...{ place: { id: "1", type: "direct" }, time: "Thursday, 1 January 2026 at 08:00 (UTC)" },
};

describe("the system prompt", () => {
  test("[B02] it is the same byte for byte, whatever a program adds for one run", () => {
    const one = systemPrompt(facts());
    const two = systemPrompt(facts({ extraSystem: "Hurry." }));
    expect(two.stable).toBe(one.stable);
    expect([one.volatile, two.volatile]).toEqual(["", "Hurry."]);
  });

  test("[B02] a message brings when, where and with whom", () => {
    const note = messageNote(message);
    for (const words of ["Thursday, 1 January 2026 at 08:00 (UTC)", "direct chat", "telegram", "Pat"])
      expect(note).toContain(words);
    const group = { id: "-5", type: "group", title: "The crew" } as const;
    expect(messageNote({ ...message, place: group })).toContain("the group The crew");
    expect(messageNote({ ...message, place: { id: "-5", type: "group" } })).toContain("the group -5");
  });

  test("[B03] files of the workspace stand in it by name, in the order they are to be read", () => {
    const files = ["AGENTS.md", "SOUL.md", "USER.md", "TOOLS.md"].map((name) => ({ name, text: `text of ${name}` }));
    const { stable } = systemPrompt(facts({ workspace: { files, skills: [] } }));
    const places = files.map((file) => stable.indexOf(`<file name="${file.name}">\ntext of ${file.name}\n</file>`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("a long file is clipped in its middle, and how much is missing is said", () => {
    const text = `begin${"x".repeat(30_000)}end`;
    const { stable } = systemPrompt(facts({ workspace: { files: [{ name: "A", text }], skills: [] } }));
    expect(stable).toContain("[... 10008 characters left out");
    expect(stable).toContain("begin");
    expect(stable).toContain("end\n</file>");
    expect(stable.length).toBeLessThan(22_000);
  });

  test("[B02] skills stand in it by name, description and path, and not with their text", () => {
    const skills = [{ name: "tidy", description: "tidies the house", path: "skills/tidy/SKILL.md" }];
    expect(systemPrompt(facts({ workspace: { files: [], skills } })).stable).toContain(
      "- tidy: tidies the house (skills/tidy/SKILL.md)",
    );
    expect(systemPrompt(facts()).stable).not.toContain("Skills");
  });

  test("[B02] it names the agent, its tools and its persona", () => {
    const { stable } = systemPrompt(facts({ persona: "You rhyme." }));
    for (const words of ["You are Homarus", "read, exec", "You rhyme."]) expect(stable).toContain(words);
    expect(systemPrompt(facts({ toolNames: [] })).stable).toContain("no tools");
  });
});
