// The plain requests the demonstration understands, as data: how each is worded, which tool it calls, what it says after.
import type { Json } from "@homarus/sdk";

export interface Plan {
  readonly thought: string;
  readonly tool: string;
  readonly input: Json;
}

interface PlainRequest {
  /** How it is asked for, for the help. */
  readonly example: string;
  readonly pattern: RegExp;
  readonly plan: (found: readonly string[]) => Plan;
}

const unquoted = (text: string | undefined): string => (text ?? "").trim().replace(/^["'`“]|["'`”]$/g, "");

/** The first that fits wins. */
export const plainRequests: readonly PlainRequest[] = [
  {
    example: "remember that my sister's birthday is on 4 May",
    pattern: /^(?:please\s+)?remember(?:\s+that)?[\s:]+(.+?)\.?$/is,
    plan: ([fact]) => ({
      thought: "This should outlive the conversation, so it goes to MEMORY.md.",
      tool: "write",
      input: { path: "MEMORY.md", content: `- ${unquoted(fact)}\n`, append: true },
    }),
  },
  {
    example: "write hello to note.txt",
    pattern: /^(?:please\s+)?write\s+(.+?)\s+(?:in)?to\s+(?:the\s+file\s+)?(\S+?)\.?$/is,
    plan: ([content, path]) => ({
      thought: "A file is wanted, so I call the write tool.",
      tool: "write",
      input: { path: unquoted(path), content: `${unquoted(content)}\n` },
    }),
  },
  {
    example: "read note.txt",
    pattern: /^(?:please\s+)?(?:read|show|open)\s+(?:me\s+)?(?:the\s+file\s+)?(\S+\.\w+)\.?$/i,
    plan: ([path]) => ({
      thought: "The file's text is wanted, so I read it.",
      tool: "read",
      input: { path: unquoted(path) },
    }),
  },
  {
    example: "list the files",
    pattern: /\b(?:list|show|what)\b.*\bfiles\b/i,
    plan: () => ({ thought: "I look into the workspace.", tool: "list", input: { path: "." } }),
  },
  {
    example: "what time is it",
    pattern: /\b(?:what(?:'s| is)?\s+(?:the\s+)?(?:time|date|day)|time is it)\b/i,
    plan: () => ({ thought: "The house knows the time.", tool: "session_status", input: {} }),
  },
  {
    example: "run `uname -a`",
    pattern: /^(?:please\s+)?(?:run|execute)[\s:]+(.+)$/is,
    plan: ([command]) => ({
      thought: "A command is wanted; it runs in the sandbox.",
      tool: "exec",
      input: { command: unquoted(command) },
    }),
  },
  {
    example: "fetch https://example.com",
    pattern: /\b(?:fetch|get|open|read)\s+(https?:\/\/\S+)/i,
    plan: ([url]) => ({ thought: "A web page is wanted.", tool: "web_fetch", input: { url: unquoted(url) } }),
  },
  {
    example: "search for sister",
    pattern: /^(?:please\s+)?(?:search|grep|look)\s+(?:for\s+)?(.+?)\.?$/i,
    plan: ([pattern]) => ({
      thought: "I search the workspace for it.",
      tool: "grep",
      input: { pattern: unquoted(pattern), literal: true },
    }),
  },
];

export function planFor(text: string): Plan | undefined {
  for (const request of plainRequests) {
    const found = request.pattern.exec(text.trim());
    if (found) return request.plan(found.slice(1).map((part) => part ?? ""));
  }
  return undefined;
}

export const label = "*(Offline demonstration, not a language model.)*";

export function introduction(text: string): string {
  const examples = plainRequests.map((request) => `- ${request.example}`).join("\n");
  return [
    `${label} You wrote: “${text.trim().slice(0, 200)}”.`,
    `I am a stand-in that shows the house at work. I understand plain requests like these, and carry them out with real tools:\n\n${examples}`,
    "For a real agent, set `ANTHROPIC_API_KEY`, `OPENAI_API_KEY` or `GEMINI_API_KEY` and start again.",
  ].join("\n\n");
}
