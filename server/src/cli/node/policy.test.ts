import { describe, expect, test } from "bun:test";
import { judge, type Policy, ruleFrom, rulesFor, subjectOf } from "./policy.ts";

const programs: Record<string, string> = { ls: "/bin/ls", git: "/usr/bin/git", sh: "/bin/sh", env: "/usr/bin/env" };
const find = (word: string) => (word.startsWith("/") ? word : programs[word]);
const subject = (...argv: string[]) => subjectOf(argv, find);
const policy = (changes: Partial<Policy> = {}): Policy => ({
  ...{ security: "allowlist", ask: "on-miss", allowlist: [], agents: {} },
  ...changes,
});
const verdict = (rules: Partial<Policy>, argv: string[], isApproved = false) =>
  judge(policy(rules), subject(...argv), isApproved, "/h/ada").type;
const listing = (...patterns: string[]) => ({ allowlist: patterns.map((pattern) => ({ pattern })) });

describe("the exec policy", () => {
  test("deny is the last word, whoever said yes", () => {
    expect(verdict({ security: "deny", ...listing("ls") }, ["ls"], true)).toBe("deny");
  });

  test("what is listed runs; what is not is asked for; a yes answers the question", () => {
    expect(verdict(listing("/bin/ls"), ["ls"])).toBe("run");
    expect(verdict(listing("/bin/ls"), ["git"])).toBe("ask");
    expect(verdict(listing("/bin/ls"), ["git"], true)).toBe("run");
    expect(verdict({}, ["no-such-program"])).toBe("ask");
  });

  test("without asking, a miss is a no, and nobody's yes changes it", () => {
    expect(verdict({ ask: "off" }, ["ls"])).toBe("deny");
    expect(verdict({ ask: "off" }, ["ls"], true)).toBe("deny");
    expect(verdict({ ask: "off", ...listing("ls") }, ["ls"])).toBe("run");
  });

  test("with `always` even what is listed, and everything under `full`, wants a yes", () => {
    expect(verdict({ ask: "always", ...listing("ls") }, ["ls"])).toBe("ask");
    expect(verdict({ ask: "always", security: "full" }, ["ls"])).toBe("ask");
    expect(verdict({ ask: "always", security: "full" }, ["ls"], true)).toBe("run");
    expect(verdict({ security: "full" }, ["anything"])).toBe("run");
  });

  test.each([
    ["ls", ["ls"], true],
    ["ls", ["/tmp/evil/ls"], false],
    ["/bin/ls", ["/bin/ls", "-l"], true],
    ["/bin/*", ["/bin/ls"], true],
    ["/bin/*", ["/bin/deep/ls"], false],
    ["/opt/**", ["/opt/a/b/tool"], true],
    ["~/bin/*", ["/h/ada/bin/mine"], true],
    ["/bin/l?", ["ls"], true],
    ["/bin/l.", ["ls"], false],
    ["*", ["ls"], false],
    ["", ["ls"], false],
  ])("pattern %p and %j: %p", (pattern, argv, isListed) => {
    expect(verdict(listing(pattern), argv)).toBe(isListed ? "run" : "ask");
  });

  test("an agent's own rules come on top, and only its own", () => {
    const rules = policy({ ...listing("ls"), agents: { cook: { ask: "off", ...listing("git") } } });
    expect(rulesFor(rules, "cook")).toMatchObject({ ask: "off", allowlist: [{ pattern: "ls" }, { pattern: "git" }] });
    expect(rulesFor(rules, "other")).toMatchObject({ ask: "on-miss", allowlist: [{ pattern: "ls" }] });
    expect(rulesFor(rules, "__proto__").allowlist).toHaveLength(1);
  });
});

describe("a shell is judged by what it runs", () => {
  test("one plain command counts as that command", () => {
    expect(subject("sh", "-c", "ls -l /tmp")).toEqual({ word: "ls", program: "/bin/ls" });
    expect(subject("/bin/bash", "-lc", " git status ")).toEqual({ word: "git", program: "/usr/bin/git" });
  });

  test.each([
    ["ls; rm -rf /"],
    ["ls && id"],
    ["ls | sh"],
    ["ls $(id)"],
    ["ls `id`"],
    ["ls > /etc/passwd"],
    ["ls\nid"],
    ["LS=1 ls"],
    ["sh -c id"],
    ["'ls'"],
    ["ls *"],
    [""],
  ])("anything else no rule speaks for: %j", (script) => {
    expect(subject("sh", "-c", script)).toBeUndefined();
    expect(verdict(listing("sh", "/bin/**", "**"), ["sh", "-c", script])).toBe("ask");
  });

  test("nor for a shell that reads its script from elsewhere", () => {
    for (const argv of [["sh"], ["sh", "script.sh"], ["bash", "-x", "-c", "ls"], ["sh", "-c", "ls", "extra"]])
      expect(subject(...argv)).toBeUndefined();
  });
});

describe("what an `always` leaves behind", () => {
  test("is the program's path", () => {
    expect(ruleFrom(subject("ls"))).toEqual({ pattern: "/bin/ls" });
    expect(ruleFrom(subject("sh", "-c", "ls -l"))).toEqual({ pattern: "/bin/ls" });
  });

  test("is nothing where a rule would allow whatever the program is told, or more than this one program", () => {
    for (const argv of [["env", "ls"], ["sh", "-c", "ls;id"], ["/usr/bin/python3.11"], ["/usr/bin/sudo"], ["/opt/a*b"]])
      expect(ruleFrom(subject(...argv))).toBeUndefined();
  });
});
