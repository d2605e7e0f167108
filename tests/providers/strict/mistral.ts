// What Mistral's chat completions refuse beyond those of others (docs.mistral.ai, 2026-11).
import type { Json } from "@homarus/sdk";
import { openaiChatRefuses } from "./openai-chat.ts";
import { fields, list, refusals } from "./refusals.ts";

export function mistralRefuses(body: Json): readonly string[] {
  const found = refusals();
  const all = list(fields(body).messages).map(fields);
  for (const [index, message] of all.entries()) {
    const before = all[index - 1]?.role;
    found.unless(
      !(message.role === "user" && before === "tool"),
      `Unexpected role 'user' after role 'tool' (${index})`,
    );
    for (const call of list(message.tool_calls).map(fields))
      found.unless(/^[a-zA-Z0-9]{9}$/.test(String(call.id)), `Tool call id was ${String(call.id)}`);
  }
  return [...openaiChatRefuses(body), ...found.all];
}
