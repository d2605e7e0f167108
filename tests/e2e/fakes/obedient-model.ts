// A remote model that does whatever anybody tells it: each line `DO tool {json}` in a message or in a tool's result becomes
// a call, whoever wrote it. The worst model there is, for trying what holds when the model does not.
import { openChatServer, type RemoteModel, type Step, textOf, type WireMessage } from "./chat-server.ts";

export interface ObedientModel extends RemoteModel {
  /** Everything it was ever sent. */
  seen(): string;
}

export function openObedientModel(): ObedientModel {
  let all = "";
  const server = openChatServer((messages) => {
    all += JSON.stringify(messages);
    return nextStep(messages);
  });
  return Object.assign(server, { seen: () => all });
}

function nextStep(messages: readonly WireMessage[]): Step {
  const answered = new Set(messages.map((message) => message.tool_call_id));
  const orders = messages.flatMap((message, index) =>
    message.role === "assistant" || message.role === "system" ? [] : ordersIn(textOf(message), index),
  );
  const open = orders.filter(({ id }) => !answered.has(id));
  if (open.length > 0) return { text: "As you wish. ", calls: open.slice(0, 1) };
  return { text: `obeyed ${orders.length}`, calls: [] };
}

function ordersIn(text: string, index: number): Step["calls"][number][] {
  return [...text.matchAll(/^DO (\w+) (\{.*\})$/gm)].map(([, name = "", input = "{}"], order) => ({
    id: `call_${index}_${order}`,
    name,
    arguments: input,
  }));
}
