import { describe, expect, test } from "bun:test";
import type { InboundMessage } from "@homarus/sdk";
import { sampleMessage } from "@homarus/sdk/testing";
import { type AccessRules, type AdmitRooms, admit } from "./admit.ts";

interface Case {
  readonly name: string;
  readonly rules?: Partial<AccessRules>;
  readonly paired?: boolean;
  readonly message?: Partial<InboundMessage>;
  readonly tooMany?: boolean;
  readonly gives: object;
}

const group = { id: "g", type: "group" } as const;
const admitted = { type: "admitted", audience: "owner" };
const as = (audience: "guest" | "room") => ({ type: "admitted", audience });
const refused = (reason: string) => ({ type: "refused", reason });

const cases: readonly Case[] = [
  { name: "[L14] a stranger gets a code", gives: { ...refused("unknown-sender"), reply: "code" } },
  { name: "[L14] a paired sender comes in", paired: true, gives: admitted },
  { name: "a listed sender comes in", rules: { allow: ["p1"] }, gives: admitted },
  {
    name: "[L15] under an allowlist a stranger is ignored",
    rules: { direct: "allowlist" },
    gives: refused("not-allowed"),
  },
  {
    name: "under an allowlist a listed sender comes in",
    rules: { direct: "allowlist", allow: ["p1"] },
    gives: admitted,
  },
  { name: "[L15] anybody comes in only where the owner wrote open", rules: { direct: "open" }, gives: as("guest") },
  { name: "a stranger in a group gets no code before all", message: { place: group }, gives: refused("not-allowed") },
  {
    name: "a known sender who addresses us in a group comes in",
    paired: true,
    message: { place: group },
    gives: as("room"),
  },
  {
    name: "a known sender who talks to others in a group does not",
    paired: true,
    message: { place: group, mentioned: false },
    gives: refused("not-mentioned"),
  },
  {
    name: "where the owner wrote all, talk of known senders comes in",
    paired: true,
    rules: { groups: "all" },
    message: { place: group, mentioned: false },
    gives: as("room"),
  },
  {
    name: "where groups are off, not even a known sender comes in",
    paired: true,
    rules: { groups: "off" },
    message: { place: group },
    gives: refused("not-allowed"),
  },
  {
    name: "in an open house a stranger in a group must address us too",
    rules: { direct: "open" },
    message: { place: group, mentioned: false },
    gives: refused("not-mentioned"),
  },
  {
    name: "a guest comes in as one, also when paired before",
    paired: true,
    rules: { guests: ["p1"] },
    gives: as("guest"),
  },
  { name: "too many messages are refused", paired: true, tooMany: true, gives: refused("too-many") },
  { name: "an empty message is refused", paired: true, message: { text: " \n" }, gives: refused("empty") },
  {
    name: "a file without words is not empty",
    paired: true,
    message: { text: "", attachments: [{ type: "missing", reason: "too large" }] },
    gives: admitted,
  },
  {
    name: "a client of the gateway was checked at the door",
    message: { channel: "webchat" },
    tooMany: true,
    gives: admitted,
  },
  { name: "a program was checked at the door", message: { origin: "program" }, gives: admitted },
];

describe("admit:", () => {
  test.each(cases)("$name", async ({ rules, paired = false, message, tooMany = false, gives }) => {
    const rooms: AdmitRooms = {
      rules: () => ({ direct: "pairing", allow: [], groups: "mention", ...rules }),
      isPaired: async () => paired,
      askToPair: async () => "code",
      mayContinue: () => !tooMany,
    };
    expect(await admit({ ...sampleMessage("m"), ...message }, rooms)).toEqual(gives as never);
  });

  test("when too many strangers ask, the next gets no code and no answer", async () => {
    const admission = await admit(sampleMessage("m"), {
      rules: () => ({ direct: "pairing", allow: [], groups: "mention" }),
      ...{ isPaired: async () => false, askToPair: async () => undefined, mayContinue: () => true },
    });
    expect(admission).toEqual({ type: "refused", reason: "unknown-sender" });
  });
});
