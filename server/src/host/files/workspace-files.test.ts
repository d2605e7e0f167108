import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listWorkspace, readWorkspaceFile, writeWorkspaceFile } from "./workspace-files.ts";

function open() {
  const folder = mkdtempSync(join(tmpdir(), "workspace-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

test("texts are listed with what is missing, written whole and read again", () => {
  using it = open();
  expect(listWorkspace(it.folder).every((file) => file.isMissing)).toBe(true);
  const written = writeWorkspaceFile(it.folder, "SOUL.md", "Be kind.");
  expect(written).toMatchObject({ name: "SOUL.md", isMissing: false, size: 8 });
  expect(readWorkspaceFile(it.folder, "SOUL.md").text).toBe("Be kind.");
  expect(readWorkspaceFile(it.folder, "USER.md")).toMatchObject({ isMissing: true, text: "" });
  expect(readdirSync(it.folder)).toEqual(["SOUL.md"]);
});

test("a name that is a path, or none of the workspace's, is refused and touches nothing", () => {
  using it = open();
  for (const name of ["../AGENTS.md", "/etc/passwd", "skills/a/SKILL.md", "notes.md", ""])
    expect(() => writeWorkspaceFile(it.folder, name, "x")).toThrow("unsupported file");
  expect(() => writeWorkspaceFile(it.folder, "SOUL.md", "x".repeat(1_000_001))).toThrow("at most");
  expect(readdirSync(it.folder)).toEqual([]);
});

test("a link in the place of a text is replaced, and what it pointed at stays as it was", () => {
  using it = open();
  using other = open();
  writeWorkspaceFile(other.folder, "USER.md", "theirs");
  symlinkSync(join(other.folder, "USER.md"), join(it.folder, "USER.md"));
  writeWorkspaceFile(it.folder, "USER.md", "ours");
  expect(readWorkspaceFile(other.folder, "USER.md").text).toBe("theirs");
});
