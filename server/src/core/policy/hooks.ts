// The owner's own programs around tool calls: before one it may let it be, change it or refuse it; after one it may change
// what the model reads. What a program answers is data, and an answer that cannot be read is a refusal.
import type { Json } from "@homarus/sdk";

export type HookMoment = "before" | "after";

/** What a program reads on its standard input, as JSON. */
export interface HookQuestion {
  readonly event: "tool.before" | "tool.after";
  readonly tool: string;
  readonly input: Json;
  readonly agent: string;
  readonly session: string;
  readonly channel: string;
  readonly origin: string;
  readonly audience: string;
  /** After a call: what it gave, as text. */
  readonly result?: string;
  readonly isError?: boolean;
}

export type HookAnswer =
  | { readonly type: "continue" }
  | { readonly type: "modify"; readonly input?: Json; readonly result?: string }
  | { readonly type: "deny"; readonly reason: string };

/** No words are consent. `{"action": "continue" | "modify" | "deny", "input", "result", "reason"}` is an answer. */
export function readHookAnswer(output: string, moment: HookMoment): HookAnswer {
  if (output.trim() === "") return { type: "continue" };
  const answer = parsed(output);
  switch (answer?.action) {
    case "continue":
      return { type: "continue" };
    case "deny":
      return {
        type: "deny",
        reason: typeof answer.reason === "string" ? answer.reason : "A hook of the owner says no.",
      };
    case "modify":
      if (moment === "before" && answer.input !== undefined) return { type: "modify", input: answer.input };
      if (moment === "after" && typeof answer.result === "string") return { type: "modify", result: answer.result };
      return unreadable(moment);
    default:
      return unreadable(moment);
  }
}

const unreadable = (moment: HookMoment): HookAnswer =>
  withoutAnswer("A hook of the owner gave no answer that can be read", moment);

const instead = { before: "the call is not made", after: "the result is not shown. The call itself was made" } as const;

/** A program that says nothing says no; `what` is a sentence of why, without its end. */
export function withoutAnswer(what: string, moment: HookMoment): HookAnswer {
  return { type: "deny", reason: `${what}, so ${instead[moment]}.` };
}

function parsed(output: string): Readonly<Record<string, Json>> | undefined {
  try {
    const value: unknown = JSON.parse(output);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, Json>>) : undefined;
  } catch {
    return undefined;
  }
}

/** Programs around calls, as the line uses them. */
export interface ToolHooks {
  /** The input to use, or why the call is not made. Each program sees what the one before made of it. */
  before(question: HookQuestion, signal: AbortSignal): Promise<{ readonly input: Json } | { readonly refused: string }>;
  /** What the model reads of the result. */
  after(question: HookQuestion & { readonly result: string }, signal: AbortSignal): Promise<string>;
  /** Whether any program waits for this tool. */
  has(moment: HookMoment, tool: string): boolean;
}
