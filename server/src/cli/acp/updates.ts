// The `agent` events of one run as the session updates of an editor, in order. It keeps what was shown so far, and
// touches nothing else. Source: agentclientprotocol.com/protocol/v1/prompt-turn.
import type { SessionUpdate } from "@agentclientprotocol/sdk";
import { shownCall, shownOutput } from "./tools.ts";
import type { AgentEvent, AgentEventData, WireContent } from "./wire.ts";

export interface RunViewOptions {
  readonly runId: string;
  /** Absolute path of the agent's folder, where it is known. */
  readonly workspace: string | undefined;
  /** Messages that this editor sent itself; those of others are shown when they join the run. */
  readonly isOwn: (messageId: string) => boolean;
}

type Voice = "agent_message_chunk" | "agent_thought_chunk";

interface OpenCall {
  readonly name: string;
  readonly args: unknown;
  progress: string;
}

/** Characters of a call's progress that are shown at most; the result has the rest. */
const progressChars = 20_000;

export class RunView {
  /** Whether any words of the agent were shown. */
  hasSpoken = false;
  readonly #options: RunViewOptions;
  readonly #shown: Record<Voice, string> = { agent_message_chunk: "", agent_thought_chunk: "" };
  readonly #open = new Map<string, OpenCall>();
  #step = 1;

  constructor(options: RunViewOptions) {
    this.#options = options;
  }

  see({ stream, data }: AgentEvent): SessionUpdate[] {
    if (stream === "assistant") return this.#words("agent_message_chunk", data);
    if (stream === "thinking") return this.#words("agent_thought_chunk", data);
    if (stream === "tool") return this.#tool(data);
    if (stream === "steered") return this.#steered(data);
    // What keeps an editor waiting is said once, as a thought: it is no part of the answer.
    if (stream === "progress" || stream === "compaction")
      return data.text ? [this.#say("agent_thought_chunk", `\n\n(${data.text})\n\n`)] : [];
    return stream === "fault" ? this.#fault(data) : [];
  }

  /** The run is over: calls that never told their end have failed. */
  end(): SessionUpdate[] {
    const left = [...this.#open.keys()];
    this.#open.clear();
    return left.map((toolCallId) => ({ sessionUpdate: "tool_call_update", toolCallId, status: "failed" }));
  }

  /** The id of a call that goes on. */
  openCall(fits: (name: string, args: unknown) => boolean): string | undefined {
    return [...this.#open].find(([, { name, args }]) => fits(name, args))?.[0];
  }

  /** What comes now is a message of its own. */
  #begin(): void {
    this.#step += 1;
    this.#shown.agent_message_chunk = "";
    this.#shown.agent_thought_chunk = "";
  }

  #words(voice: Voice, { text, delta = "" }: AgentEventData): SessionUpdate[] {
    // The whole says what was missed, where an event did not come.
    const whole = text ?? this.#shown[voice] + delta;
    if (!whole.startsWith(this.#shown[voice])) this.#begin();
    const news = whole.slice(this.#shown[voice].length);
    this.#shown[voice] = whole;
    if (news === "") return [];
    if (voice === "agent_message_chunk") this.hasSpoken = true;
    return [this.#say(voice, news)];
  }

  #say(voice: Voice, text: string): SessionUpdate {
    const messageId = `${this.#options.runId}:${this.#step}${voice === "agent_thought_chunk" ? ":thought" : ""}`;
    return { sessionUpdate: voice, content: { type: "text", text }, messageId };
  }

  #tool(data: AgentEventData): SessionUpdate[] {
    const { workspace } = this.#options;
    const { phase, toolCallId = "", name = "tool", args } = data;
    if (phase === "start") {
      this.#begin();
      this.#open.set(toolCallId, { name, args, progress: "" });
      return [started(toolCallId, { name, args }, workspace)];
    }
    const call = this.#open.get(toolCallId) ?? { name, args: undefined, progress: "" };
    const late = this.#open.has(toolCallId) ? [] : [started(toolCallId, { name, args: undefined }, workspace)];
    if (phase === "update") {
      call.progress = (call.progress + textIn(data.partialResult)).slice(-progressChars);
      this.#open.set(toolCallId, call);
      return [...late, { sessionUpdate: "tool_call_update", toolCallId, content: shownOutput(call.progress) }];
    }
    this.#open.delete(toolCallId);
    return [...late, ended(toolCallId, { name, isError: data.isError === true, result: data.result })];
  }

  #steered({ messageId = "", text = "" }: AgentEventData): SessionUpdate[] {
    this.#begin();
    if (text === "" || this.#options.isOwn(messageId)) return [];
    return [{ sessionUpdate: "user_message_chunk", content: { type: "text", text } }];
  }

  /** What was said of the step is void, and cannot be taken back: the reader is told why it comes again. */
  #fault({ error = "The model failed." }: AgentEventData): SessionUpdate[] {
    const notice = this.#say("agent_thought_chunk", `\n\n(${error} Trying again.)\n\n`);
    this.#begin();
    return [notice];
  }
}

/** A call that has begun, as live runs and the history tell it. */
export function started(
  toolCallId: string,
  { name, args }: { readonly name: string; readonly args: unknown },
  workspace: string | undefined,
): SessionUpdate {
  const { kind, title, locations, changes } = shownCall(name, args, workspace);
  return {
    sessionUpdate: "tool_call",
    ...{ toolCallId, title, name, kind, status: "in_progress", locations },
    ...(changes.length > 0 ? { content: changes } : {}),
    ...(args === undefined ? {} : { rawInput: args }),
  };
}

/** A call's end. A change that was made stays shown as the change it is. */
export function ended(
  toolCallId: string,
  end: { readonly name: string; readonly isError: boolean; readonly result: WireContent | undefined },
): SessionUpdate {
  const keepsChange = !end.isError && (end.name === "edit" || end.name === "write");
  const content = keepsChange ? [] : shownOutput(textIn(end.result));
  return {
    sessionUpdate: "tool_call_update",
    ...{ toolCallId, status: end.isError ? "failed" : "completed" },
    ...(content.length > 0 ? { content } : {}),
    ...(end.result === undefined ? {} : { rawOutput: end.result }),
  };
}

function textIn(content: WireContent | undefined): string {
  return (content?.content ?? []).map((block) => block.text ?? "").join("");
}
