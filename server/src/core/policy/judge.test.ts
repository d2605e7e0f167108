import { describe, expect, test } from "bun:test";
import type { Mark } from "@homarus/sdk";
import { audienceRule } from "./audience.ts";
import type { PolicyCase, PolicySettings, PolicyTool } from "./case.ts";
import { names } from "./case.ts";
import { commandRule } from "./command.ts";
import { explainText, isOffered, judge, rules } from "./judge.ts";
import { listsRule } from "./lists.ts";
import { modeOf, modeRule } from "./mode.ts";
import { fits, placesRule } from "./places.ts";
import { profileRule } from "./profile.ts";
import { provenanceRule } from "./provenance.ts";

const none = { reads: false, writes: false, executes: false, network: false };
const tools = {
  session_status: { name: "session_status", group: "status", effects: none },
  read: { name: "read", group: "files", effects: { ...none, reads: true } },
  write: { name: "write", group: "files", effects: { ...none, writes: true } },
  exec: { name: "exec", group: "commands", effects: { ...none, executes: true } },
  web_fetch: { name: "web_fetch", group: "web", effects: { ...none, network: true } },
  sessions_send: { name: "sessions_send", group: "sessions", effects: { ...none, writes: true } },
  post: { name: "post", group: "messages", effects: { ...none, network: true, writes: true, outside: true } },
  wipe: { name: "wipe", group: "house", effects: { ...none, writes: true, destructive: true } },
} satisfies Record<string, PolicyTool>;

const mark: Mark = { from: "web", what: "evil.example", at: 1 };

function one(tool: keyof typeof tools, changes: Partial<PolicyCase> = {}): PolicyCase {
  return {
    ...{ tool: tools[tool], input: {}, agent: "main", sessionKey: "agent:main:main", channel: "telegram" },
    ...{ place: { id: "7", type: "direct" }, peer: "p1", origin: "person", audience: "owner", isUnattended: false },
    ...{ sandbox: "bubblewrap", marks: [] },
    ...changes,
  };
}

const settings = (changes: Partial<PolicySettings> = {}): PolicySettings => ({
  ...{ profile: "full", lists: [], rules: [], approvals: [], unattended: "deny" },
  ...changes,
});

const decisions = (names: readonly (keyof typeof tools)[], one_: Partial<PolicyCase>, set: Partial<PolicySettings>) =>
  names.map((name) => judge(one(name, one_), settings(set)).decision);

const all = Object.keys(tools) as (keyof typeof tools)[];

describe("profiles", () => {
  test("[H20] each has its groups of tools and no others", () => {
    const offered = (profile: PolicySettings["profile"]) =>
      all.filter((name) => isOffered(one(name), settings({ profile })));
    expect(offered("minimal")).toEqual(["session_status"]);
    expect(offered("coding")).toEqual(["session_status", "read", "write", "exec", "web_fetch", "sessions_send"]);
    expect(offered("messaging")).toEqual(["session_status", "web_fetch", "sessions_send", "post"]);
    expect(offered("full")).toEqual(all);
  });
});

describe("lists", () => {
  const cases: readonly (readonly [name: string, lists: PolicySettings["lists"], allowed: boolean])[] = [
    ["without lists all may be called", [], true],
    ["a list that says nothing allows", [{}], true],
    ["a tool that is named may be called", [{ allow: ["exec", "read"] }], true],
    ["a tool whose group is named may be called", [{ allow: ["group:commands"] }], true],
    ["one that is not named may not", [{ allow: ["read"] }], false],
    ["an empty list allows none", [{ allow: [] }], false],
    ["a star allows all", [{ allow: ["*"] }], true],
    ["a refusal wins over an allowance", [{ allow: ["exec"], deny: ["exec"] }], false],
    ["a refusal of the group wins", [{ allow: ["exec"] }, { deny: ["group:commands"] }], false],
    ["a refusal wins, whichever list says it", [{ allow: ["*"] }, { deny: ["exec"] }], false],
    ["a star refuses all", [{ deny: ["*"] }], false],
    ["each list must allow", [{ allow: ["exec"] }, { allow: ["read"] }], false],
    ["a part of the name does not fit", [{ allow: ["exe"] }], false],
  ];
  test.each(cases)("[H21] %s", (_, lists, allowed) => {
    const verdict = judge(one("exec"), settings({ lists }));
    expect(verdict.decision).toBe(allowed ? "allow" : "deny");
    if (!allowed) expect(verdict.reason).toContain("exec");
  });
});

describe("places", () => {
  test("[H22] a group, a channel, a sender, an agent, an origin and a sandbox can each have rules of their own", () => {
    const whens = [
      { place: "7" },
      { channel: "telegram" },
      { channel: "tele*" },
      { peer: "p1" },
      { agent: "main" },
      { origin: "person" },
      { audience: "owner" },
      { sandbox: "bubblewrap" },
      { session: "agent:main:*" },
      { place: "7", peer: "p1" },
    ];
    for (const when of whens)
      expect(judge(one("exec"), settings({ rules: [{ when, deny: ["exec"] }] })).decision).toBe("deny");
    const others = [{ place: "8" }, { channel: "tel" }, { place: "7", peer: "p2" }, { sandbox: "none" }];
    for (const when of others)
      expect(judge(one("exec"), settings({ rules: [{ when, deny: ["exec"] }] })).decision).toBe("allow");
  });

  test("[L21] a sandbox can have tools of its own, and a no wins over every yes", () => {
    const inside = { when: { sandbox: "none" }, allow: ["read"] };
    const set = { rules: [inside, { when: {}, allow: ["*"] }] };
    expect(decisions(["read", "exec"], { sandbox: "none" }, set)).toEqual(["allow", "deny"]);
    expect(decisions(["read", "exec"], { sandbox: "docker" }, set)).toEqual(["allow", "allow"]);
  });

  test("a rule can narrow the profile, and ask", () => {
    const set = { rules: [{ when: { place: "7" }, profile: "messaging" as const, ask: ["web_fetch"] }] };
    expect(decisions(["exec", "web_fetch", "sessions_send"], {}, set)).toEqual(["deny", "ask", "allow"]);
  });

  test("a place fits whole names, unless a star ends them", () => {
    expect(fits({ place: "7" }, one("read", { place: { id: "70", type: "group" } }))).toBe(false);
    expect(fits({ place: "7*" }, one("read", { place: { id: "70", type: "group" } }))).toBe(true);
    expect(names(["group:files"], tools.read)).toBe(true);
  });
});

describe("guests and rooms", () => {
  test("[L06] they have no tools but those that a rule gives them", () => {
    for (const audience of ["guest", "room"] as const) {
      expect(decisions(["session_status", "read", "web_fetch", "exec"], { audience }, {})).toEqual([
        "allow",
        "deny",
        "deny",
        "deny",
      ]);
      const given = { rules: [{ when: { audience }, allow: ["web_fetch", "session_status"] }] };
      expect(decisions(["web_fetch", "read", "exec"], { audience }, given)).toEqual(["allow", "deny", "deny"]);
    }
    // A rule for the agent was not written with strangers in mind.
    const forAgent = { rules: [{ when: { agent: "main" }, allow: ["*"] }] };
    expect(decisions(["exec"], { audience: "room" }, forAgent)).toEqual(["deny"]);
  });
});

describe("approvals", () => {
  test("[K03] always asks before changes, destructive before what cannot be undone, never not at all", () => {
    const of = (mode: "always" | "destructive" | "never") =>
      decisions(["read", "web_fetch", "write", "exec", "wipe"], {}, { approvals: [{ mode }] });
    expect(of("always")).toEqual(["allow", "allow", "ask", "ask", "ask"]);
    expect(of("destructive")).toEqual(["allow", "allow", "allow", "allow", "ask"]);
    expect(of("never")).toEqual(["allow", "allow", "allow", "allow", "allow"]);
  });

  test("[K08] what only reads never waits for anybody, unless the owner named it", () => {
    expect(decisions(["read"], {}, { approvals: [{ mode: "always", origins: { person: "always" } }] })).toEqual([
      "allow",
    ]);
    expect(decisions(["read"], {}, { approvals: [{ tools: { read: "always" } }] })).toEqual(["ask"]);
  });

  test("the nearest setting counts: the tool's before the origin's, the agent's before the house's", () => {
    const house = { mode: "always" as const, tools: { exec: "never" as const } };
    const agent = { origins: { person: "never" as const } };
    expect(modeOf(one("write"), settings({ approvals: [agent, house] }))).toBe("never");
    expect(modeOf(one("write", { origin: "job" }), settings({ approvals: [agent, house] }))).toBe("always");
    expect(modeOf(one("exec", { origin: "job" }), settings({ approvals: [agent, house] }))).toBe("never");
    expect(modeOf(one("exec"), settings())).toBe("destructive");
    const eager = { ...tools.read, approval: "always" as const };
    expect(modeOf(one("read", { tool: eager }), settings())).toBe("always");
  });

  test("where nobody waits a question is a no, unless the owner wants to be asked all the same", () => {
    const of = (unattended: "deny" | "ask") =>
      judge(one("wipe", { isUnattended: true, origin: "job" }), settings({ unattended }));
    expect(of("deny").decision).toBe("deny");
    expect(of("deny").reason).toContain("Nobody is there");
    expect(of("ask").decision).toBe("ask");
  });
});

describe("commands", () => {
  test("the guard's no stands in every mode, its question not where the owner never wants to be asked", () => {
    const of = (decision: "ask" | "deny", mode?: "never") =>
      judge(
        one("exec", { command: { decision, reason: "It wipes a disk." } }),
        settings({ approvals: mode ? [{ mode }] : [] }),
      ).decision;
    expect([of("ask"), of("ask", "never"), of("deny"), of("deny", "never")]).toEqual(["ask", "allow", "deny", "deny"]);
    const command = { decision: "ask", reason: "It deletes." } as const;
    expect(decisions(["exec"], { command, marks: [mark] }, { approvals: [{ mode: "never" }] })).toEqual(["ask"]);
  });
});

describe("[Y26] provenance", () => {
  test("[Y26] with strangers' words in the conversation what reaches outside is asked for, and what does not goes on", () => {
    expect(decisions(["read", "write", "exec", "post"], { marks: [mark] }, {})).toEqual([
      "allow",
      "allow",
      "allow",
      "ask",
    ]);
    expect(judge(one("post", { marks: [mark] }), settings()).reason).toContain("evil.example");
  });

  test("[Y26] an address that nobody wrote may carry out what was read: it is asked for", () => {
    const made = { marks: [mark], madeUpAddress: "https://evil.example/?d=secret" };
    expect(decisions(["web_fetch"], made, {})).toEqual(["ask"]);
    expect(decisions(["web_fetch"], { marks: [mark] }, {})).toEqual(["allow"]);
    expect(decisions(["web_fetch"], { madeUpAddress: "https://a.example" }, {})).toEqual(["allow"]);
  });

  test("[Y26] a rule of the owner stands in for the yes", () => {
    const rules = [{ when: { agent: "main" }, allow: ["post", "web_fetch"] }];
    expect(decisions(["post"], { marks: [mark] }, { rules })).toEqual(["allow"]);
  });
});

test("a verdict can be explained: what was decided, by which rule, and how to change it", () => {
  const set = settings({ profile: "minimal", lists: [{ deny: ["exec"] }] });
  const verdict = judge(one("exec"), set);
  expect(verdict.findings.map(({ rule }) => rule)).toEqual(["profile", "lists"]);
  const text = explainText(one("exec"), verdict);
  for (const part of ["exec is denied for main", "profile", "lists", "agents.list[].profile"])
    expect(text).toContain(part);
  expect(explainText(one("read"), judge(one("read"), settings()))).toContain("No rule speaks against it");
  expect(rules).toEqual([profileRule, listsRule, placesRule, audienceRule, commandRule, modeRule, provenanceRule]);
});
