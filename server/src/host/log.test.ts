import { describe, expect, test } from "bun:test";
import { Fault } from "@homarus/sdk";
import { createLog, type LogSettings } from "./log.ts";

function open(settings: Partial<LogSettings> = {}) {
  const lines: string[] = [];
  return { lines, log: createLog({ level: "debug", format: "json", ...settings }, (line) => lines.push(line)) };
}

describe("[N10] the log", () => {
  test("writes one JSON object a line, with time, level, event and fields", () => {
    const { log, lines } = open();
    log.info("thing.happened", { count: 2, nested: { a: "x y" } });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith("\n")).toBe(true);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "info",
      event: "thing.happened",
      count: 2,
      nested: { a: "x y" },
    });
  });

  test("writes plain text that stays on its line, whatever is in it", () => {
    const { log, lines } = open({ format: "plain" });
    log.warn("thing.happened", { text: "two\nlines", word: "one" });
    expect(lines[0]?.trimEnd().split("\n")).toHaveLength(1);
    expect(lines[0]).toContain('warn  thing.happened text="two\\nlines" word=one');
  });

  test("keeps to its level, and changes it", () => {
    const { log, lines } = open({ level: "warn" });
    log.info("quiet");
    log.set({ level: "silent", format: "json" });
    log.error("quiet too");
    log.set({ level: "info", format: "json" });
    log.info("heard");
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["heard"]);
  });

  test("gives a copy to a file, as JSON and of a level of its own, with the same secrets masked", () => {
    const { log, lines } = open({ format: "plain", level: "warn" });
    const copied: string[] = [];
    log.copyTo({ level: "info", write: (line) => copied.push(line) });
    log.hide((line) => line.replaceAll("s3cret-value", "***"));
    log.debug("neither");
    log.with({ extension: "x" }).info("file only", { token: "abc", text: "a s3cret-value" });
    log.warn("both");
    log.copyTo({ level: "error", write: (line) => copied.push(line) });
    log.warn("terminal only");
    log.copyTo(undefined);
    log.error("terminal only too");
    expect(copied.map((line) => JSON.parse(line).event)).toEqual(["file only", "both"]);
    expect(JSON.parse(copied[0] ?? "")).toMatchObject({ extension: "x", token: "***", text: "a ***" });
    expect(lines.map((line) => line.slice(25).trim())).toEqual([
      ...["warn  both", "warn  terminal only", "error terminal only too"],
    ]);
  });

  test("carries the fields it was given before", () => {
    const { log, lines } = open();
    log.with({ extension: "channel/x" }).info("started", { n: 1 });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ extension: "channel/x", n: 1 });
  });

  test("[N15] tells faults and errors whole, causes too", () => {
    const { log, lines } = open();
    log.error("broke", {
      fault: new Fault("bug", "x.y", "It broke.", { cause: new Error("deep") }),
      error: new TypeError("plain"),
    });
    const line = JSON.parse(lines[0] ?? "");
    expect(line.fault).toMatchObject({ kind: "bug", code: "x.y", message: "It broke.", cause: "Error: deep" });
    expect(line.error).toMatchObject({ name: "TypeError", message: "plain", stack: expect.any(String) });
  });
});

describe("secrets in the log", () => {
  test.each(["plain", "json"] as const)("are masked by name and by value, as %s", (format) => {
    const { log, lines } = open({ format });
    log.hide((line) => line.replaceAll("s3cret-value", "***").replaceAll(/quo\\*"ted-secret/g, "***"));
    log.info("login", {
      token: "abc",
      apiKey: "def",
      url: "http://x/bots3cret-value/y",
      deep: { list: ["s3cret-value"] },
      text: 'quo"ted-secret',
      word: "tiny",
    });
    log.error("broke", { error: new Error("refused s3cret-value") });
    const all = lines.join("");
    expect(all).not.toContain("s3cret-value");
    expect(all).not.toContain("ted-secret");
    expect(all).not.toContain("abc");
    expect(all).not.toContain("def");
    expect(all).toContain("tiny");
  });
});
