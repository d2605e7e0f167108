// One request put into the words of each vendor by the real builders, and held against what that vendor refuses.
import type { Json, ModelRequest } from "@homarus/sdk";
import { messagesRequest } from "../../../extensions/providers/anthropic/request.ts";
import { contentRequest } from "../../../extensions/providers/google/request.ts";
import { chatRequest } from "../../../extensions/providers/openai/chat-request.ts";
import { responsesRequest } from "../../../extensions/providers/openai/responses-request.ts";
import { anthropicRefuses } from "./anthropic.ts";
import { geminiRefuses } from "./gemini.ts";
import { openaiChatRefuses } from "./openai-chat.ts";
import { openaiResponsesRefuses } from "./openai-responses.ts";

const target = { provider: "scripted", outputTokens: 4_000, isVendor: true };

/** Each vendor's objections, by its name; all empty for a request that every one of them takes. */
export function refusedBy(request: ModelRequest): Readonly<Record<string, readonly string[]>> {
  const json = (body: unknown): Json => JSON.parse(JSON.stringify(body)) as Json;
  return {
    anthropic: anthropicRefuses(json(messagesRequest(request, target).body)),
    chat: openaiChatRefuses(json(chatRequest(request, target))),
    responses: openaiResponsesRefuses(json(responsesRequest(request, "scripted"))),
    gemini: geminiRefuses(json(contentRequest(request, "scripted"))),
  };
}

export const takenByAll = { anthropic: [], chat: [], responses: [], gemini: [] } as const;
