// What the Messages API refuses in a request, as its documentation and its answers say (platform.claude.com, 2026-11).
import type { Json } from "@homarus/sdk";
import { fields, list, type Refusals, refusals } from "./refusals.ts";

const idAlphabet = /^[a-zA-Z0-9_-]{1,64}$/;
const mostBreakpoints = 4;

export function anthropicRefuses(body: Json): readonly string[] {
  const found = refusals();
  const { messages, max_tokens, system } = fields(body);
  const all = list(messages).map(fields);
  found.unless(typeof max_tokens === "number" && max_tokens > 0, "max_tokens is missing");
  found.unless(all.length > 0, "messages: at least one message is required");
  found.unless(all[0]?.role === "user", "messages: first message must use the user role");
  found.unless(all.at(-1)?.role === "user", "the conversation must end with a user message");
  const ids = new Set<string>();
  for (const [index, message] of all.entries()) {
    const parts = list(message.content).map(fields);
    const before = all[index - 1];
    found.unless(before?.role !== message.role, `messages.${index}: roles must alternate`);
    found.unless(parts.length > 0, `messages.${index}: content is empty`);
    for (const part of parts) checkPart(part, index, found);
    const calls = parts.filter((part) => part.type === "tool_use");
    for (const { id, input } of calls) {
      found.unless(typeof id === "string" && idAlphabet.test(id), `messages.${index}: tool_use.id ${String(id)}`);
      found.unless(!ids.has(String(id)), `messages.${index}: tool_use ids must be unique: ${String(id)}`);
      found.unless(typeof input === "object" && !Array.isArray(input) && input !== null, "tool_use.input: no object");
      ids.add(String(id));
    }
    checkAnswers(calls, list(all[index + 1]?.content).map(fields), index, found);
    checkResults(parts, list(before?.content).map(fields), index, found);
  }
  for (const part of list(system ?? []).map(fields)) found.unless(isFilled(part.text), "system: text is empty");
  const breakpoints = JSON.stringify(body).split('"cache_control"').length - 1;
  found.unless(breakpoints <= mostBreakpoints, `a maximum of 4 blocks with cache_control, found ${breakpoints}`);
  return found.all;
}

function isFilled(text: Json | undefined): boolean {
  return typeof text === "string" && text.trim() !== "";
}

function checkPart(part: ReturnType<typeof fields>, index: number, found: Refusals): void {
  if (part.type === "text")
    found.unless(isFilled(part.text), `messages.${index}: text content blocks must be non-empty`);
  if (part.type === "thinking")
    found.unless(isFilled(part.signature), `messages.${index}: thinking lacks its signature`);
  if (part.type !== "tool_result") return;
  for (const inner of list(part.content).map(fields))
    if (inner.type === "text") found.unless(isFilled(inner.text), `messages.${index}: empty text in a tool_result`);
}

type Parts = readonly ReturnType<typeof fields>[];

function checkAnswers(calls: Parts, next: Parts, index: number, found: Refusals): void {
  const answered = next.filter((part) => part.type === "tool_result").map((part) => part.tool_use_id);
  for (const { id } of calls)
    found.unless(
      answered.includes(id ?? null),
      `messages.${index}: tool_use ${String(id)} without tool_result after it`,
    );
}

function checkResults(parts: Parts, before: Parts, index: number, found: Refusals): void {
  const called = before.filter((part) => part.type === "tool_use").map((part) => part.id);
  const results = parts.filter((part) => part.type === "tool_result");
  const first = parts.findIndex((part) => part.type !== "tool_result");
  found.unless(
    first < 0 || parts.slice(first).every((part) => part.type !== "tool_result"),
    `messages.${index}: tool_result blocks must come first`,
  );
  const ids = results.map((part) => part.tool_use_id);
  found.unless(new Set(ids).size === ids.length, `messages.${index}: two tool_result blocks for one call`);
  for (const id of ids)
    found.unless(called.includes(id ?? null), `messages.${index}: unexpected tool_use_id ${String(id)}`);
}
