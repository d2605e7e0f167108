import { describe, expect, test } from "bun:test";
import type { InboundMessage, Place } from "@homarus/sdk";
import { sampleMessage } from "@homarus/sdk/testing";
import { type Binding, type RouteRules, resolveKey, route, type SessionScope } from "./route.ts";

const rules = (scope: SessionScope, bindings: readonly Binding[] = []): RouteRules => ({
  ...{ defaultAgent: "main", agents: ["main", "work"], bindings, scope },
});
const message = (more: Partial<InboundMessage> = {}): InboundMessage => ({ ...sampleMessage("m"), ...more });
const group = (topic?: string): Place => ({ id: "-5", type: "group", ...(topic ? { topic } : {}) });
const topical: Place = { id: "c1", type: "direct", topic: "9" };

describe("[E01] [E02] the session of a message:", () => {
  const cases: readonly (readonly [
    name: string,
    scope: SessionScope,
    message: Partial<InboundMessage>,
    key: string,
  ])[] = [
    ["all direct chats are one", "main", {}, "agent:main:main"],
    ["all direct chats are one, topics too", "main", { place: topical }, "agent:main:main"],
    ["one for each sender", "per-peer", {}, "agent:main:direct:p1"],
    ["one for each sender on all channels", "per-peer", { channel: "other" }, "agent:main:direct:p1"],
    ["one for each sender on each channel", "per-channel-peer", {}, "agent:main:sample:direct:p1"],
    ["with its topic", "per-channel-peer", { place: topical }, "agent:main:sample:direct:p1:topic:9"],
    ["with its account", "per-channel-peer", { account: "two" }, "agent:main:sample:two:direct:p1"],
    ["a group is its own, whatever the scope", "main", { place: group() }, "agent:main:sample:group:-5"],
    ["a group is one for all who speak there", "per-peer", { place: group() }, "agent:main:sample:group:-5"],
    ["a topic of a group is its own", "main", { place: group("3") }, "agent:main:sample:group:-5:topic:3"],
    ["an account's group is its own", "main", { place: group(), account: "two" }, "agent:main:sample:two:group:-5"],
  ];
  test.each(cases)("%s", (_, scope, more, key) => {
    expect(route(message(more), rules(scope))).toEqual({ agent: "main", sessionKey: key });
  });
});

describe("who answers:", () => {
  const cases: readonly (readonly [name: string, bindings: readonly Binding[], agent: string])[] = [
    ["the default where nothing is bound", [], "main"],
    ["a channel's agent", [{ agent: "work", channel: "sample" }], "work"],
    ["not another channel's", [{ agent: "work", channel: "other" }], "main"],
    ["an account's", [{ agent: "work", account: "default" }], "work"],
    ["not another account's", [{ agent: "work", account: "two" }], "main"],
    ["a sender's", [{ agent: "work", peer: "p1" }], "work"],
    ["not another sender's", [{ agent: "work", peer: "p2" }], "main"],
    ["a place's", [{ agent: "work", place: "c1" }], "work"],
    ["only where all fields fit", [{ agent: "work", channel: "sample", peer: "p2" }], "main"],
    ["the first that fits", [{ agent: "main", peer: "p1" }, { agent: "work" }], "main"],
    ["the default where the bound agent is gone", [{ agent: "gone" }], "main"],
  ];
  test.each(cases)("%s", (_, bindings, agent) => {
    expect(route(message(), rules("main", bindings))).toEqual({ agent, sessionKey: `agent:${agent}:main` });
  });

  test("a program names its session, and with it the agent", () => {
    const to = (session: string) => route(message({ session }), rules("per-peer", [{ agent: "work" }]));
    expect(to("main")).toEqual({ agent: "main", sessionKey: "agent:main:main" });
    expect(to("agent:work:notes")).toEqual({ agent: "work", sessionKey: "agent:work:notes" });
    expect(to("agent:gone:notes")).toEqual({ agent: "main", sessionKey: "agent:gone:notes" });
  });
});

test("[E01] a short name becomes a full key, and a full key stays", () => {
  expect(["main", " notes ", "", "agent:work:x"].map((name) => resolveKey(name, "main"))).toEqual([
    ...["agent:main:main", "agent:main:notes", "agent:main:main", "agent:work:x"],
  ]);
});
