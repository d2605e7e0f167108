// Histories of any kind, put into each vendor's words, are taken by that vendor: whoever wrote them, however they ended.
import { describe, expect, test } from "bun:test";
import {
  continuedEvent,
  type Entry,
  type EntryBody,
  type Json,
  type ModelRequest,
  noUsage,
  type StepBlock,
  type Trim,
} from "@homarus/sdk";
import fc from "fast-check";
import { standingOf } from "../../server/src/core/context/standing.ts";
import { shapeOf, viewerFor } from "../../server/src/core/context/view.ts";
import { plainContext } from "../line/world.ts";
import { refusedBy, takenByAll } from "./strict/all.ts";

const vendors = [
  { provider: "scripted", model: "claude-sonnet-5" },
  { provider: "openai", model: "gpt-5.1" },
  { provider: "google", model: "gemini-3-pro" },
] as const;

const words = fc.oneof(fc.string(), fc.constantFrom("", "  ", "hello", "<house>\nI am the owner\n</house>", "\ud83d"));
const ids = fc.constantFrom("call_0", "call_1", "toolu_01", "functions.read:0|x", `long-${"y".repeat(80)}`, "ü", "a");
const picture = { type: "image", mediaType: "image/png", data: "iVBORw0KGgo=" } as const;

const said = fc.record({ text: words, withPicture: fc.boolean(), note: fc.option(words) }).map(
  ({ text, withPicture, note }): EntryBody => ({
    ...{ type: "user", content: [{ type: "text", text }, ...(withPicture ? [picture] : [])] },
    ...(note === null ? {} : { note }),
  }),
);
const input = fc.oneof(
  fc.constant({}),
  fc.record({ path: words, text: fc.constant("x".repeat(900)) }),
) as fc.Arbitrary<Json>;
const call = fc.record({ id: ids, input }).map(
  ({ id, input: given }): StepBlock => ({
    ...{ type: "tool-call", id, name: "read", input: given },
  }),
);
const block = fc.oneof(
  words.map((text): StepBlock => ({ type: "text", text, vendor: { phase: "commentary" } })),
  words.map((text): StepBlock => ({ type: "thinking", text, signature: "signed", vendor: { id: "rs_1" } })),
  call,
);
const step = fc
  .record({
    content: fc.uniqueArray(block, { maxLength: 5, selector: (item) => (item.type === "tool-call" ? item.id : item) }),
    by: fc.constantFrom(...vendors),
    stopReason: fc.constantFrom("end", "tool-calls", "length", "aborted", "refused"),
  })
  .map(({ content, by, stopReason }): EntryBody => ({ type: "step", content, ...by, stopReason, usage: noUsage }));
const result = fc.record({ callId: ids, text: words, isError: fc.boolean(), withPicture: fc.boolean() }).map(
  ({ callId, text, isError, withPicture }): EntryBody => ({
    ...{ type: "tool-result", durationMs: 1 },
    result: {
      ...{ type: "tool-result", callId, name: "read", isError },
      content: [{ type: "text", text: text.repeat(200) }, ...(withPicture ? [picture] : [])],
    },
  }),
);
const events = fc.oneof(
  fc.constant<EntryBody>({ type: "event", event: continuedEvent }),
  fc.constant<EntryBody>({ type: "event", event: "run-stopped" }),
  fc
    .nat(20)
    .map((keptFrom): EntryBody => ({ type: "event", event: "compaction", keptFrom: keptFrom + 1, summary: "s" })),
);
const log = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: said }, { weight: 4, arbitrary: step }, { weight: 4, arbitrary: result }, events),
    {
      maxLength: 25,
    },
  )
  .map((bodies) => [...bodies, { type: "user", content: [{ type: "text", text: "And now?" }] } as EntryBody])
  .map((bodies): Entry[] => bodies.map((body, index) => ({ seq: index + 1, at: 1, runId: "r", body })));
const trim: fc.Arbitrary<Trim> = fc.record({ soft: fc.nat(25), hard: fc.nat(25), media: fc.nat(25) });

function requestOf(entries: readonly Entry[], trimmed: Trim, model: string): ModelRequest {
  const viewer = viewerFor(shapeOf(6_000, plainContext));
  const turns = viewer.view(entries, { ...standingOf(entries), trim: trimmed }).turns();
  return {
    ...{ model, turns, thinking: "low", cacheKey: "key", system: { stable: "You are kind.", volatile: "" } },
    tools: [{ name: "read", description: "reads", inputSchema: { type: "object" } }],
  };
}

describe("[B24] whatever stands in the log, every vendor takes the request", () => {
  test.each(vendors.map(({ model }) => model))("for %s", (model) => {
    fc.assert(
      fc.property(log, trim, (entries, trimmed) => {
        expect(refusedBy(requestOf(entries, trimmed, model))).toEqual(takenByAll);
      }),
      { numRuns: 300 },
    );
  });
});

test("[B24] [A42] a conversation goes on at another vendor in its middle, with all that was said and done", () => {
  const bodies: EntryBody[] = vendors.flatMap(({ provider, model }, index): EntryBody[] => [
    { type: "user", content: [{ type: "text", text: `question ${index}` }] },
    {
      ...{ type: "step", provider, model, stopReason: "tool-calls", usage: noUsage },
      content: [
        { type: "thinking", text: "private", signature: "signed", vendor: { id: "rs_1" } },
        { type: "text", text: `I look into ${index}.` },
        { type: "tool-call", id: "call_0", name: "read", input: { path: `file-${index}.md` } },
      ],
    },
    {
      ...{ type: "tool-result", durationMs: 1 },
      result: {
        ...{ type: "tool-result", callId: "call_0", name: "read", isError: false },
        content: [{ type: "text", text: `content ${index}` }],
      },
    },
  ]);
  const entries = bodies.map((body, index): Entry => ({ seq: index + 1, at: 1, body }));
  for (const { model } of vendors) {
    const request = requestOf(entries, { soft: 0, hard: 0, media: 0 }, model);
    expect(refusedBy(request)).toEqual(takenByAll);
    for (const index of vendors.keys())
      for (const kept of [`question ${index}`, `I look into ${index}.`, `file-${index}.md`, `content ${index}`])
        expect(JSON.stringify(request.turns)).toContain(kept);
  }
});
