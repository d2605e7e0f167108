// What the Responses API refuses in a request where nothing is stored (platform.openai.com, 2026-11).
import type { Json } from "@homarus/sdk";
import { isObject } from "./openai-chat.ts";
import { fields, list, refusals } from "./refusals.ts";

export function openaiResponsesRefuses(body: Json): readonly string[] {
  const found = refusals();
  const items = list(fields(body).input).map(fields);
  found.unless(items.length > 0, "input is empty");
  const called = new Set<string>();
  const answered = new Set<string>();
  for (const [index, item] of items.entries()) {
    const at = `input.${index}`;
    if (item.type === "function_call") {
      found.unless(!called.has(String(item.call_id)), `${at}: two calls of one call_id ${String(item.call_id)}`);
      found.unless(isObject(item.arguments), `${at}: arguments is no JSON object`);
      found.unless(String(item.call_id).length <= 64, `${at}: call_id is too long`);
      called.add(String(item.call_id));
    } else if (item.type === "function_call_output") {
      const id = String(item.call_id);
      found.unless(called.has(id), `${at}: no tool call found for function call output with call_id ${id}`);
      found.unless(!answered.has(id), `${at}: a second output for ${id}`);
      found.unless(item.output !== "" && item.output !== undefined, `${at}: output is empty`);
      answered.add(id);
    } else if (item.type === "reasoning") {
      const next = items[index + 1];
      const isFollowed = next !== undefined && next.role !== "user" && next.type !== "function_call_output";
      found.unless(isFollowed, `${at}: reasoning was provided without its required following item`);
      found.unless(typeof item.encrypted_content === "string", `${at}: reasoning without its encrypted content`);
    } else {
      const isText = typeof item.content === "string";
      found.unless(isText ? item.content !== "" : list(item.content).length > 0, `${at}: content is empty`);
    }
  }
  for (const id of called) found.unless(answered.has(id), `no tool output found for function call ${id}`);
  return found.all;
}
