// What ConverseStream refuses in a request, as its documentation and its answers say (docs.aws.amazon.com, 2026-11).
import type { Json } from "@homarus/sdk";
import { fields, list, refusals } from "./refusals.ts";

export function bedrockRefuses(body: Json): readonly string[] {
  const found = refusals();
  const all = list(fields(body).messages).map(fields);
  found.unless(all[0]?.role === "user", "a conversation must start with a user message");
  found.unless(all.at(-1)?.role === "user", "a conversation must end with a user message");
  const ids = new Set<string>();
  for (const [index, message] of all.entries()) {
    const at = `messages.${index}`;
    const parts = list(message.content).map(fields);
    found.unless(all[index - 1]?.role !== message.role, `${at}: roles must alternate`);
    found.unless(parts.length > 0, `${at}: the content field is empty`);
    for (const part of parts)
      found.unless(typeof part.text !== "string" || part.text.trim() !== "", `${at}: the text field is blank`);
    const calls = parts.flatMap((part) => (part.toolUse ? [String(fields(part.toolUse).toolUseId)] : []));
    for (const id of calls) {
      found.unless(/^[a-zA-Z0-9_-]{1,64}$/.test(id), `${at}: toolUseId ${id}`);
      found.unless(!ids.has(id), `${at}: toolUseId is not unique: ${id}`);
      ids.add(id);
    }
    const answered = (of: Json | undefined): string[] =>
      list(of)
        .map(fields)
        .flatMap((part) => (part.toolResult ? [String(fields(part.toolResult).toolUseId)] : []));
    const next = answered(all[index + 1]?.content);
    found.unless(
      calls.length === 0 || JSON.stringify([...next].sort()) === JSON.stringify([...calls].sort()),
      `${at}: toolResult blocks of the next message do not match the toolUse blocks`,
    );
    const before = list(all[index - 1]?.content).map(fields);
    for (const id of answered(message.content))
      found.unless(
        before.some((part) => fields(part.toolUse).toolUseId === id),
        `${at}: toolResult without toolUse before it: ${id}`,
      );
  }
  return found.all;
}
