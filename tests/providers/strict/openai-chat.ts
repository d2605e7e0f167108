// What Chat Completions refuses in a request, and the servers that take it more strictly (platform.openai.com, 2026-11).
import type { Json } from "@homarus/sdk";
import { fields, list, refusals } from "./refusals.ts";

const idLength = 40;
const toolName = /^[a-zA-Z0-9_-]{1,64}$/;

export function openaiChatRefuses(body: Json): readonly string[] {
  const found = refusals();
  const all = list(fields(body).messages).map(fields);
  found.unless(
    all.some((message) => message.role === "user"),
    "messages: nobody asks anything",
  );
  let open: string[] = [];
  for (const [index, message] of all.entries()) {
    const at = `messages.${index}`;
    if (message.role === "tool") {
      const id = String(message.tool_call_id);
      found.unless(open.includes(id), `${at}: role tool must answer a preceding tool_calls: ${id}`);
      found.unless(typeof message.content === "string" && message.content !== "", `${at}: a tool's content is empty`);
      open = open.filter((item) => item !== id);
      continue;
    }
    found.unless(open.length === 0, `${at}: tool_call_ids without an answer: ${open.join(", ")}`);
    open = [];
    found.unless(message.role !== "system" || index === 0, `${at}: the system message stands first`);
    const calls = list(message.tool_calls).map(fields);
    const isFilled = typeof message.content === "string" ? message.content !== "" : list(message.content).length > 0;
    found.unless(isFilled || calls.length > 0, `${at}: content is empty`);
    for (const part of list(message.content).map(fields))
      found.unless(part.type !== "text" || part.text !== "", `${at}: a text part is empty`);
    for (const call of calls) {
      const { name, arguments: text } = fields(call.function);
      found.unless(String(call.id).length <= idLength && call.id !== "", `${at}: tool_calls.id ${String(call.id)}`);
      found.unless(toolName.test(String(name)), `${at}: function.name ${String(name)}`);
      found.unless(isObject(text), `${at}: function.arguments is no JSON object`);
      found.unless(!open.includes(String(call.id)), `${at}: two calls of one id ${String(call.id)}`);
      open.push(String(call.id));
    }
  }
  found.unless(open.length === 0, `tool_call_ids without an answer: ${open.join(", ")}`);
  found.unless(all.at(-1)?.role !== "assistant", "the last message is the assistant's");
  return found.all;
}

export function isObject(text: Json | undefined): boolean {
  try {
    const parsed: unknown = JSON.parse(String(text));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
