import { describe, expect, test } from "bun:test";
import type { ToolsetTool } from "@homarus/sdk";
import fc from "fast-check";
import { offerOf, toolName } from "./offer.ts";
import { mayHave, missingText, mostOfAll, serverName, unlistedEffects } from "./outside.ts";

const plain = { deny: [], trusted: false };
const tool = (name: string, more: Partial<ToolsetTool> = {}): ToolsetTool => ({
  ...{ name, description: name, inputSchema: { type: "object" }, hints: {}, ...more },
});
const namesOf = (found: readonly ToolsetTool[], settings: Parameters<typeof offerOf>[2] = plain) =>
  offerOf("files", found, settings).tools.map(({ plainName }) => plainName);

describe("[H19] names", () => {
  test("a plain name stays as it is, any other is made fit and stays another", () => {
    expect(toolName("files", "read_file")).toBe("files__read_file");
    expect(toolName("files", "read.file")).toMatch(/^files__read_file_[0-9a-f]{8}$/);
    expect(toolName("files", "read/file")).not.toBe(toolName("files", "read.file"));
  });

  test("whatever a server calls its tools, each vendor takes the names and no two are the same", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 200 }), { maxLength: 30 }), (names) => {
        const made = offerOf(
          "a-server_1",
          names.map((name) => tool(name)),
          plain,
        ).tools.map(({ name }) => name);
        expect(new Set(made).size).toBe(made.length);
        for (const name of made) expect(name).toMatch(/^a-server_1__[A-Za-z0-9_-]{0,52}$/);
      }),
    );
  });
});

test("[H19] the name of a tool tells its server, and a tool of the house has none", () => {
  expect(["files__read", "my_files__a__b", "exec", "__a"].map(serverName)).toEqual(["files", "my_files", "", ""]);
});

test("[H19] a server is asked when a run may have any tool of it, by a rule for all or by a name that is written", () => {
  const wish = (offered: readonly string[], named?: readonly string[]) => ({
    ...{ isOffered: (name: string) => offered.includes(name), named, signal: AbortSignal.abort() },
  });
  expect(mayHave("files", [], wish(["files__any"]))).toBe(true);
  expect(mayHave("files", ["files__read"], wish(["files__read"]))).toBe(true);
  expect(mayHave("files", [], wish(["files__read"], ["files__read"]))).toBe(true);
  expect(mayHave("files", ["files__read"], wish([]))).toBe(false);
  expect(mayHave("files", ["files2__read"], wish(["files2__read"]))).toBe(false);
});

describe("[H19] bounds", () => {
  test("thousands of tools become few, and it is said what was left out", () => {
    const { tools, left, leftCount } = offerOf(
      "files",
      Array.from({ length: 5_000 }, (_, at) => tool(`t${at}`)),
      plain,
    );
    expect(tools.length).toBeLessThanOrEqual(mostOfAll);
    expect([tools.length + leftCount, left.length]).toEqual([5_000, 10]);
    expect(left[0]).toContain("more than");
  });

  test("a huge schema is left out, a long description cut, and what is no object becomes one", () => {
    const huge = { type: "object", properties: { a: { description: "x".repeat(20_000) } } };
    const { tools, left } = offerOf(
      "files",
      [tool("huge", { inputSchema: huge }), tool("long", { description: "d".repeat(9_000), inputSchema: {} })],
      plain,
    );
    expect(left).toEqual([expect.stringContaining("huge")]);
    expect(tools[0]?.description.length).toBeLessThan(2_010);
    expect(tools[0]?.inputSchema).toEqual({ type: "object", properties: {} });
  });

  test("many large schemas do not fill the window together", () => {
    const large = { type: "object", properties: { a: { description: "x".repeat(15_000) } } };
    const { tools } = offerOf(
      "files",
      Array.from({ length: 40 }, (_, at) => tool(`t${at}`, { inputSchema: large })),
      plain,
    );
    expect(tools.length).toBeLessThan(15);
  });

  test("allow and deny go by the server's own names, deny wins", () => {
    const found = ["read_a", "read_b", "write_a", "x.y.z"].map((name) => tool(name));
    expect(namesOf(found, { ...plain, allow: ["read_*"] })).toEqual(["read_a", "read_b"]);
    expect(namesOf(found, { ...plain, allow: ["*_a", "x*z"], deny: ["write*"] })).toEqual(["read_a", "x.y.z"]);
    expect(namesOf(found, { ...plain, allow: [] })).toEqual([]);
    expect(namesOf([tool("aba")], { ...plain, allow: ["ab*ba"] })).toEqual([]);
  });
});

describe("[H19] what a tool may do", () => {
  const rights = (hints: ToolsetTool["hints"], trusted: boolean) =>
    offerOf("files", [tool("a", { hints })], { ...plain, trusted }).tools[0];

  test("a stranger's word makes the house more careful and never less", () => {
    const base = { reads: true, writes: true, executes: false, network: true };
    expect(rights({}, false)).toMatchObject({ effects: base, idempotent: false, parallel: false });
    expect(rights({ readOnly: true, openWorld: false, idempotent: true, destructive: false }, false)).toMatchObject({
      ...{ effects: base, idempotent: false, parallel: false },
    });
    expect(rights({ destructive: true, openWorld: true }, false)?.effects).toEqual({
      ...{ ...base, outside: true, destructive: true },
    });
  });

  test("of a trusted server it is believed that a tool only reads, and stays in the house", () => {
    expect(rights({ readOnly: true, openWorld: false }, true)).toMatchObject({
      ...{ effects: { writes: false, network: false }, idempotent: true, parallel: true },
    });
    expect(rights({ idempotent: true }, true)).toMatchObject({ effects: { writes: true }, idempotent: true });
  });

  test("of one that was never listed the worst is assumed", () => {
    expect(Object.values(unlistedEffects).every(Boolean)).toBe(true);
  });
});

test("a run is told in one line of each server that it has to do without", () => {
  const missing = [
    { server: "a", text: "It is gone." },
    { server: "b", text: "it does not answer yet" },
  ];
  expect(missingText(missing).split("\n")).toEqual([
    "The tools of a cannot be used now: It is gone.",
    "The tools of b cannot be used now: it does not answer yet",
  ]);
  expect(missingText([])).toBe("");
});
