// Messages of `chat.history` as the house-level tools and resources tell them: in the house's words, or as Markdown. Pure.

/** A message as the method table gives it, as far as it is read here. */
export interface TableMessage {
  readonly role: string;
  readonly timestamp: number;
  readonly content: readonly TableBlock[];
  readonly toolName?: string;
  readonly errorMessage?: string;
}

interface TableBlock {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
  readonly fileName?: string;
  readonly mimeType?: string;
}

export function toldMessage(message: TableMessage) {
  const { role, timestamp, content, toolName } = message;
  const tools = role === "toolResult" ? [toolName ?? "tool"] : callsOf(content);
  return {
    ...{ role: rolesOf[role] ?? "agent", time: new Date(timestamp).toISOString(), text: wordsOf(message) },
    ...(tools.length === 0 ? {} : { tools }),
  };
}

const rolesOf: Readonly<Record<string, string>> = { user: "user", assistant: "agent", toolResult: "tool" };

function callsOf(content: readonly TableBlock[]): string[] {
  return content.flatMap(({ type, name }) => (type === "toolCall" && name !== undefined ? [name] : []));
}

/** Thoughts are left out: they were for nobody. */
function wordsOf({ content, errorMessage }: TableMessage): string {
  const words = content.flatMap(({ type, text, fileName, mimeType }) => {
    if (type === "text") return [text ?? ""];
    return mimeType === undefined ? [] : [`[${fileName ?? mimeType}]`];
  });
  return [...words, ...(errorMessage === undefined ? [] : [`[${errorMessage}]`])].join("\n\n");
}

/** The newest messages as Markdown: a heading for who speaks and when, calls and their results as quotes. */
export function markdownOf(session: string, messages: readonly TableMessage[]): string {
  return [`# ${session}`, ...messages.map(sectionOf)].join("\n\n");
}

function sectionOf(message: TableMessage): string {
  const { role, time, text, tools = [] } = toldMessage(message);
  if (role === "tool") return `> \`${tools[0]}\` gave:\n>\n${text.replace(/^/gm, "> ")}`;
  const calls = tools.map((tool) => `> calls \`${tool}\``);
  return [`## ${role === "user" ? "User" : "Agent"}, ${time}`, ...(text === "" ? [] : [text]), ...calls].join("\n\n");
}
