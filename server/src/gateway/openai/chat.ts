// POST /v1/chat/completions: one run of the agent, whole or as a stream of chunks.
// Source: OpenAI API reference, "Chat completions" (read 2026-11).
import type { InboundMessage } from "@homarus/sdk";
import type { Door } from "../door.ts";
import { HttpRefusal, openEventStream } from "../http/answer.ts";
import { type RunResult, runOver } from "../http/run.ts";
import { type Asked, askedOf, effortOf, refuseClientTools, withBefore } from "./request.ts";
import { type Target, targetOf } from "./target.ts";

export interface Asking {
  readonly door: Door;
  readonly request: Request;
  readonly body: Readonly<Record<string, unknown>>;
  /** The device or program that asks. */
  readonly peerId: string;
}

export async function chatCompletions(asking: Asking): Promise<Response> {
  const { door, request, body } = asking;
  refuseClientTools(body);
  if (typeof body.n === "number" && body.n > 1)
    throw new HttpRefusal(400, "unsupported_parameter", "n must be 1: an agent answers once", "n");
  const asked = askedOf(body.messages);
  const target = await targetOf(door, request, body.model, body.user);
  const runId = `chatcmpl-${crypto.randomUUID()}`;
  const message = messageOf(asking, asked, target, runId);
  const head = {
    id: runId,
    created: Math.floor(door.clock.now() / 1000),
    model: typeof body.model === "string" ? body.model : "homarus",
  };
  return body.stream === true
    ? streamed(asking, message, head)
    : Response.json(whole(head, await runOver(door, message, {}, request.signal)));
}

/** The message of a program at the one door; the run has the id of the answer. */
export function messageOf({ door, body, peerId }: Asking, asked: Asked, target: Target, runId: string): InboundMessage {
  const effort = body.reasoning_effort ?? (body.reasoning as { readonly effort?: unknown } | undefined)?.effort;
  const thinking = effortOf(effort);
  return {
    ...{ id: runId, channel: "webchat", account: "default", origin: "program", peer: { id: peerId } },
    ...{ place: { id: target.sessionKey, type: "direct" }, session: target.sessionKey, mentioned: true },
    ...{
      text: target.isKept ? asked.text : withBefore(asked),
      attachments: asked.attachments,
      sentAt: door.clock.now(),
    },
    options: {
      runId,
      ...(target.model === undefined ? {} : { model: target.model }),
      ...(thinking === undefined ? {} : { thinking }),
      ...(asked.system === "" ? {} : { extraSystem: asked.system }),
    },
  };
}

interface Head {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
}

function whole(head: Head, result: RunResult) {
  if (result.problem !== undefined) throw runRefusal(result.problem);
  const message = { role: "assistant", content: result.text, refusal: null };
  return {
    ...{ ...head, object: "chat.completion" },
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: usageOf(result),
  };
}

export function runRefusal(problem: string): HttpRefusal {
  return new HttpRefusal(502, "agent_error", problem);
}

function usageOf({ usage }: RunResult) {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    ...{ prompt_tokens: prompt, completion_tokens: usage.output, total_tokens: prompt + usage.output },
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
  };
}

function streamed({ door, request, body }: Asking, message: InboundMessage, head: Head): Response {
  const gone = new AbortController();
  request.signal.addEventListener("abort", () => gone.abort(), { once: true });
  const stream = openEventStream(() => gone.abort());
  const chunk = (delta: object, reason: string | null = null, more: object = {}) =>
    stream.send(
      JSON.stringify({
        ...{ ...head, object: "chat.completion.chunk", ...more },
        choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
      }),
    );
  chunk({ role: "assistant", content: "" });
  let hasText = false;
  const watcher = {
    text(content: string) {
      hasText = true;
      chunk({ content });
    },
    thinking: (text: string) => chunk({ reasoning_content: text }),
  };
  const wantsUsage = (body.stream_options as { readonly include_usage?: unknown } | undefined)?.include_usage === true;
  runOver(door, message, watcher, gone.signal)
    .then((result) => {
      if (result.problem !== undefined) {
        stream.send(
          JSON.stringify({ error: { message: result.problem, type: "agent_error", code: null, param: null } }),
        );
      } else {
        if (!hasText && result.text !== "") chunk({ content: result.text });
        chunk({}, "stop");
        if (wantsUsage)
          stream.send(
            JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [], usage: usageOf(result) }),
          );
      }
      stream.send("[DONE]");
    })
    .catch((thrown: unknown) => {
      door.house.log.warn("http.run-failed", { error: thrown });
      stream.send(JSON.stringify({ error: { message: "the house could not take the message", type: "server_error" } }));
    })
    .finally(() => stream.close());
  return stream.response;
}
