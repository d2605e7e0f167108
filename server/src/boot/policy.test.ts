import { expect, test } from "bun:test";
import type { CatalogEntry } from "@homarus/sdk";
import { checkTool, policyTool } from "./policy.ts";

const effects = { reads: true, writes: false, executes: false, network: false };
const catalog = [
  ...["web_fetch", "web_search", "read"].map((id) => ({ kind: "tool", id, group: "files", effects })),
  { kind: "provider", id: "openai" },
] as unknown as readonly CatalogEntry[];

test("of a tool that is not there nothing is said but what was probably meant", () => {
  const hintOf = (name: string): string => {
    try {
      checkTool(name, catalog);
    } catch (thrown) {
      expect(thrown).toMatchObject({ kind: "invalid", code: "tool.unknown" });
      return (thrown as { hint?: string }).hint ?? "";
    }
    return "known";
  };
  expect(hintOf("read")).toBe("known");
  expect(hintOf("web_fetsch")).toBe("Did you mean web_fetch or web_search?");
  expect(hintOf("websearch")).toBe("Did you mean web_search?");
  expect(hintOf("fetch")).toContain("web_fetch");
  expect(hintOf("openai")).toBe("The tools are web_fetch, web_search, read.");
  expect(() => checkTool("notes__add", catalog, ["notes__add"])).not.toThrow();
  expect(() => checkTool("notes__ad", catalog, ["notes__add"])).toThrow(
    expect.objectContaining({ hint: "Did you mean notes__add?" }),
  );
});

test("a call of one that is not there is still judged as the worst", () => {
  expect(policyTool("nothing", catalog)).toMatchObject({ words: "foreign", effects: { destructive: true } });
  expect(policyTool("read", catalog).effects).toEqual(effects);
});
