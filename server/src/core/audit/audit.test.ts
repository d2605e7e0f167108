import { describe, expect, test } from "bun:test";
import type { AuditLink, AuditRecord, Entry, EntryBody, ToolCallBlock, ToolResultBlock } from "@homarus/sdk";
import { createMemoryStore, sha256 } from "@homarus/sdk/testing";
import { claimRecord, unprovenClaims } from "./claims.ts";
import { carriedOver, takenIn, unprovenCalls } from "./proofs.ts";
import { callRecord, importedText, receiptText, type Signer, signedResult } from "./receipt.ts";
import { verifyChain } from "./verify.ts";

const signer: Signer = {
  sign: (text) => ({ key: "k", mac: sha256(`secret${text}`) }),
  isSigned: (text, { mac }) => mac === sha256(`secret${text}`),
  digest: sha256,
};
const place = { agent: "main", sessionKey: "agent:main:main", sessionId: "s1", runId: "r1" };
const call: ToolCallBlock = { type: "tool-call", id: "c1", name: "exec", input: { command: "ls" } };
const result: ToolResultBlock = {
  ...{ type: "tool-result", callId: "c1", name: "exec", isError: false },
  content: [{ type: "text", text: "a.txt" }],
};
const entry = (seq: number, body: EntryBody, runId = "r1"): Entry => ({ seq, at: seq, runId, body });
const step = entry(1, {
  ...{ type: "step", content: [call], provider: "p", model: "m", stopReason: "tool-calls" },
  usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
});
const kept = (item: ToolResultBlock, runId = "r1") =>
  entry(2, { type: "tool-result", result: item, durationMs: 1 }, runId);

describe("[Y09] receipts", () => {
  test("[Y09] a result that the house signed is proven; put in, altered or moved it is not", () => {
    const signed = signedResult(place, call, result, signer);
    const reasons = (item: ToolResultBlock, session = "s1", runId = "r1") =>
      unprovenCalls(session, [step, kept(item, runId)], { signer, since: 0 }).map(({ reason }) => reason);
    expect(reasons(signed)).toEqual([]);
    expect(reasons(result)).toEqual(["no receipt"]);
    expect(reasons({ ...signed, content: [{ type: "text", text: "b.txt" }] })).toEqual(["receipt of something else"]);
    expect(reasons({ ...signed, isError: true })).toEqual(["receipt of something else"]);
    expect(reasons(signed, "s2")).toEqual(["receipt of something else"]);
    expect(reasons(signed, "s1", "r2")).toEqual(["receipt of something else"]);
    const other = { ...call, input: { command: "rm -rf /" } };
    expect(receiptText(place, other, result)).not.toBe(receiptText(place, call, result));
  });

  test("the arguments that a person changed are those that the receipt is over", () => {
    const changed = { ...call, input: { command: "ls -l" } };
    const signed = signedResult(place, changed, result, signer);
    const at = entry(2, { type: "tool-result", result: signed, durationMs: 1, input: changed.input });
    expect(unprovenCalls("s1", [step, at], { signer })).toEqual([]);
  });

  const reasonsOf = (session: string, entries: readonly Entry[], since = 0) =>
    unprovenCalls(session, entries, { signer, since }).map(({ reason }) => reason);

  test("[Y09] a copied log proves what was proven, and nothing else", () => {
    const signed = signedResult(place, call, result, signer);
    const forged = { ...signed, content: [{ type: "text" as const, text: "b.txt" }] };
    const copied = (item: ToolResultBlock) => carriedOver("s1", "s2", [step, kept(item)], signer);
    expect(reasonsOf("s2", copied(signed))).toEqual([]);
    expect(reasonsOf("s2", copied(forged))).toEqual(["receipt of something else"]);
    expect(reasonsOf("s2", copied(result))).toEqual(["no receipt"]);
    expect(reasonsOf("s3", copied(signed))).toEqual(["receipt of something else"]);
    const twice = carriedOver("s2", "s3", takenIn("s2", [step, kept(signed)], signer), signer);
    expect(reasonsOf("s3", twice)).toEqual(["imported"]);
  });

  test("[Y09] an imported result is told from a made one, and from one that was altered or claims to be imported", () => {
    // Whatever receipt a transcript brings along.
    const [, imported] = takenIn("s2", [step, kept({ ...result, receipt: { key: "k", mac: "made up" } })], signer);
    const body = imported?.body;
    if (body?.type !== "tool-result") throw new Error("no result");
    expect(reasonsOf("s2", [step, kept(body.result)])).toEqual(["imported"]);
    expect(reasonsOf("s2", [step, kept({ ...body.result, isError: true })])).toEqual(["receipt of something else"]);
    expect(reasonsOf("s1", [step, kept(body.result)])).toEqual(["receipt of something else"]);
    expect(importedText(place, result)).not.toBe(receiptText(place, call, result));
    // No call that was made can pass for an imported one, nor the other way round.
    expect(
      reasonsOf("s1", [step, kept({ ...result, receipt: signer.sign(receiptText(place, call, result)) })]),
    ).toEqual([]);
  });

  test("[Y09] a result without a receipt is older than the chain only where it and all before it are dated so", () => {
    const old = (seq: number, at: number): Entry => ({ ...kept(result), seq, at });
    expect(reasonsOf("s1", [step, old(2, 5)], 100)).toEqual(["before receipts"]);
    expect(reasonsOf("s1", [step, old(2, 100)], 100)).toEqual(["no receipt"]);
    expect(reasonsOf("s1", [{ ...step, at: 100 }, old(2, 5)], 100)).toEqual(["no receipt"]);
  });

  test("what comes in with a transcript is nobody's own word", () => {
    const from = { channel: "c", messageId: "m", peer: { id: "p" }, own: [0, 2] as const };
    const said = entry(1, { type: "user", content: [{ type: "text", text: "hi" }], from });
    const [taken] = takenIn("s2", [said], signer);
    const { own: _, ...rest } = from;
    expect(taken?.body).toEqual({ type: "user", content: [{ type: "text", text: "hi" }], from: rest });
  });

  test("the audit's line of a call holds hashes and no contents", () => {
    const signed = signedResult(place, call, result, signer);
    const record = callRecord(place, call, signed, { at: 5, durationMs: 2, approval: "Pat on web" }, sha256);
    expect(record).toMatchObject({
      type: "tool-call",
      action: "exec",
      callId: "c1",
      detail: { approval: "Pat on web" },
    });
    expect(JSON.stringify(record)).not.toContain("a.txt");
    expect(callRecord(place, call, signed, { at: 5, durationMs: 0, refused: "no" }, sha256).type).toBe("tool-denied");
  });
});

describe("[Y09] the chain", () => {
  const record = (at: number): AuditRecord => ({ type: "tool-call", at, actor: "a", action: "b" });
  async function chain(count: number): Promise<AuditLink[]> {
    const store = createMemoryStore();
    for (let at = 1; at <= count; at += 1) await store.commit([{ type: "audit", record: record(at) }]);
    return [...(await store.auditPage(0, count))];
  }
  const verify = (links: readonly AuditLink[]) =>
    verifyChain({ auditPage: async (after, limit) => links.filter(({ seq }) => seq > after).slice(0, limit) }, sha256);

  test("[Y09] is whole over many pages", async () => {
    const links = await chain(1_203);
    expect(await verify(links)).toEqual({ links: 1_203, head: links.at(-1)?.hash ?? "" });
  });

  test("[Y09] any link that is altered, left out, swapped or put in is found", async () => {
    const links = await chain(9);
    const [third, fourth] = [links[2] as AuditLink, links[3] as AuditLink];
    const altered = links.with(3, { ...fourth, action: "c" });
    const resealed = links.with(3, { ...fourth, action: "c", hash: sha256("anything") });
    const without = links.filter(({ seq }) => seq !== 4);
    const renumbered = without.map((link, index) => ({ ...link, seq: index + 1 }));
    const swapped = links.with(2, { ...fourth, seq: 3 }).with(3, { ...third, seq: 4 });
    const broken = async (them: readonly AuditLink[]) => (await verify(them)).broken;
    expect(await broken(altered)).toEqual({ seq: 4, reason: "hash" });
    expect(await broken(resealed)).toEqual({ seq: 4, reason: "hash" });
    expect(await broken(without)).toEqual({ seq: 5, reason: "gap" });
    expect(await broken(renumbered)).toEqual({ seq: 4, reason: "previous" });
    expect(await broken(swapped)).toEqual({ seq: 3, reason: "previous" });
  });
});

describe("[Y09] claims", () => {
  const tools = ["exec", "read", "web_fetch", "write"];
  test.each([
    ["I ran exec with `ls -la` and everything is fine.", ["exec"]],
    ["I've used the `web_fetch` tool to look at the page.", ["web_fetch"]],
    ["I called the tool `read` on notes.md.", ["read"]],
    ["<tool_result>exec: total 4</tool_result>", ["exec"]],
    ["You can use exec for that.", []],
    ["I used to write letters.", []],
    ["I ran out of ideas.", []],
    ["Shall I call web_fetch?", []],
    ["I read the book; I called your mother.", []],
  ])("[Y09] %s", (text, claimed) => {
    expect(unprovenClaims(text, [], tools).map(({ tool }) => tool)).toEqual(claimed);
  });

  test("what was done may be said", () => {
    const signed = signedResult(place, call, result, signer);
    expect(unprovenClaims("I ran exec.", [step, kept(signed)], tools)).toEqual([]);
    const [claim] = unprovenClaims("I ran exec.", [step], tools);
    if (!claim) throw new Error("no claim");
    const route = { agent: "main", sessionKey: "s" };
    expect(claimRecord({ runId: "r", route }, claim, 1)).toMatchObject({ type: "claim", action: "exec" });
  });
});
