import { expect, test } from "bun:test";
import { shownCall, shownOutput } from "./tools.ts";

test.each([
  ["read", { path: "a/b.ts", offset: 7 }, "read", "Read a/b.ts", [{ path: "/w/a/b.ts", line: 7 }]],
  ["write", { path: "./b.md", content: "x" }, "edit", "Write ./b.md", [{ path: "/w/b.md" }]],
  ["write", { path: "b.md", content: "x", append: true }, "edit", "Add to b.md", [{ path: "/w/b.md" }]],
  ["list", {}, "search", "List", []],
  ["list", { path: "." }, "search", "List the workspace", [{ path: "/w" }]],
  ["glob", { pattern: "*.ts" }, "search", "Find *.ts", []],
  ["grep", { pattern: "x", path: "/etc" }, "search", "Search for x", [{ path: "/etc" }]],
  ["exec", { command: "make\n  all" }, "execute", "Run make all", []],
  ["web_search", { query: "otters" }, "search", "Search the web for otters", []],
  ["scrape", { url: "https://example.com" }, "fetch", "Take data from https://example.com", []],
  ["web_fetch", { url: "https://example.com" }, "fetch", "Fetch https://example.com", []],
  ["session_status", {}, "other", "Session status", []],
  ["constructor", null, "other", "Constructor", []],
  ["read", "no object", "read", "Read", []],
])("a call of %s is shown: %p", (name, input, kind, title, locations) => {
  expect(shownCall(name, input, "/w/")).toMatchObject({ kind, title, locations } as object);
});

test("a change is shown as a change, and a file only where its folder is known", () => {
  expect(shownCall("edit", { path: "a", old_text: "1", new_text: "2" }, "/w").changes).toEqual([
    { type: "diff", path: "/w/a", oldText: "1", newText: "2" },
  ]);
  expect(shownCall("write", { path: "a", content: "2" }, "/w").changes).toEqual([
    { type: "diff", path: "/w/a", oldText: null, newText: "2" },
  ]);
  expect(shownCall("write", { path: "a", content: "2", append: true }, "/w").changes).toEqual([]);
  expect(shownCall("write", { path: "a", content: "2" }, undefined)).toMatchObject({ locations: [], changes: [] });
});

test("a title is one line of bounded length, never half a character", () => {
  const { title } = shownCall("exec", { command: `${"x".repeat(154)}😀 and more` }, undefined);
  expect(title.length).toBeLessThanOrEqual(160);
  expect(title).toMatch(/^Run x+…$/);
});

test("output stays output, whatever fences it holds", () => {
  expect(shownOutput("")).toEqual([]);
  const [shown] = shownOutput("a\n````\nb");
  expect(shown).toEqual({ type: "content", content: { type: "text", text: "`````\na\n````\nb\n`````" } });
});
