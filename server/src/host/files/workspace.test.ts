import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWorkspaceReader, readSkill, seedWorkspace } from "./workspace.ts";

const root = mkdtempSync(join(tmpdir(), "homarus-workspace-"));
afterAll(() => rmSync(root, { recursive: true }));

test("[B03] a new workspace has its texts, and what the owner wrote is never touched", () => {
  mkdirSync(join(root, "a"));
  writeFileSync(join(root, "a", "SOUL.md"), "mine");
  seedWorkspace(join(root, "a"));
  const { files } = createWorkspaceReader()(join(root, "a"));
  expect(files.map((file) => file.name)).toEqual(["AGENTS.md", "SOUL.md", "USER.md", "TOOLS.md"]);
  expect(files.find((file) => file.name === "SOUL.md")?.text).toBe("mine");
});

test("a changed text is read anew, and an empty one is left out", () => {
  const folder = join(root, "b");
  seedWorkspace(folder);
  const read = createWorkspaceReader();
  read(folder);
  writeFileSync(join(folder, "MEMORY.md"), "first");
  expect(read(folder).files.at(-1)).toEqual({ name: "MEMORY.md", text: "first" });
  writeFileSync(join(folder, "MEMORY.md"), "second");
  utimesSync(join(folder, "MEMORY.md"), new Date(), new Date(Date.now() + 5_000));
  expect(read(folder).files.at(-1)?.text).toBe("second");
  writeFileSync(join(folder, "USER.md"), "  \n");
  utimesSync(join(folder, "USER.md"), new Date(), new Date(Date.now() + 5_000));
  expect(read(folder).files.some((file) => file.name === "USER.md")).toBe(false);
});

test("[B02] skills are known by name and description; what has no proper head is left out", () => {
  const folder = join(root, "c");
  seedWorkspace(folder);
  const skill = (id: string, text: string): void => {
    mkdirSync(join(folder, "skills", id), { recursive: true });
    writeFileSync(join(folder, "skills", id, "SKILL.md"), text);
  };
  skill("brew", "---\nname: brew-coffee\ndescription: How we like our coffee.\n---\nSteps");
  skill("plain", "no head at all");
  skill("broken", "---\n: [\n---\n");
  skill("silent", "---\nname: silent\n---\n");
  expect(createWorkspaceReader()(folder).skills).toEqual([
    { name: "brew-coffee", description: "How we like our coffee.", path: "skills/brew/SKILL.md", arguments: [] },
  ]);
});

test("a skill is read by its name and never by a path; one that is too large is refused", () => {
  const folder = join(root, "d");
  mkdirSync(join(folder, "skills", "brew"), { recursive: true });
  const file = join(folder, "skills", "brew", "SKILL.md");
  writeFileSync(file, "---\nname: brew-coffee\ndescription: Ours.\n---\nSteps");
  const read = createWorkspaceReader();
  expect(readSkill(folder, "brew-coffee", read)).toMatchObject({ path: "skills/brew/SKILL.md", text: "Steps" });
  for (const name of ["brew", "../brew", "skills/brew/SKILL.md", ""])
    expect(() => readSkill(folder, name, read)).toThrow("There is no skill");
  writeFileSync(file, `---\nname: brew-coffee\ndescription: Ours.\n---\n${"x".repeat(300_000)}`);
  expect(() => readSkill(folder, "brew-coffee", read)).toThrow("more than");
});
