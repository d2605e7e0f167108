// One request put into the words of each vendor by the real builders, and held against what that vendor refuses.
import type { Json, ModelRequest } from "@homarus/sdk";
import { messagesRequest } from "../../../extensions/providers/anthropic/request.ts";
import { converseRequest } from "../../../extensions/providers/bedrock/request.ts";
import { contentRequest } from "../../../extensions/providers/google/request.ts";
import mistral from "../../../extensions/providers/mistral/manifest.ts";
import { chatRequest } from "../../../extensions/providers/openai/chat-request.ts";
import { responsesRequest } from "../../../extensions/providers/openai/responses-request.ts";
import { anthropicRefuses } from "./anthropic.ts";
import { bedrockRefuses } from "./bedrock.ts";
import { geminiRefuses } from "./gemini.ts";
import { mistralRefuses } from "./mistral.ts";
import { openaiChatRefuses } from "./openai-chat.ts";
import { openaiResponsesRefuses } from "./openai-responses.ts";

const provider = "scripted";
const takes = (block: { readonly type: string }): boolean => block.type === "image";

type Vendor = {
  readonly build: (request: ModelRequest) => unknown;
  readonly refuses: (body: Json) => readonly string[];
};

const vendors: Readonly<Record<string, Vendor>> = {
  anthropic: {
    build: (request) => messagesRequest(request, { provider, known: undefined }).body,
    refuses: anthropicRefuses,
  },
  bedrock: { build: (request) => converseRequest(request, { provider, known: undefined }), refuses: bedrockRefuses },
  chat: {
    build: (request) => chatRequest(request, { provider, takes, isOpenAi: true, habits: {} }),
    refuses: openaiChatRefuses,
  },
  mistral: {
    build: (request) => chatRequest(request, { provider, takes, isOpenAi: false, habits: mistral.habits }),
    refuses: mistralRefuses,
  },
  responses: { build: (request) => responsesRequest(request, { provider, takes }), refuses: openaiResponsesRefuses },
  gemini: { build: (request) => contentRequest(request, provider), refuses: geminiRefuses },
};

/** Each vendor's objections, by its name; none for a request that every one of them takes. */
export function refusedBy(request: ModelRequest): Readonly<Record<string, readonly string[]>> {
  const found = Object.entries(vendors).map(
    ([name, { build, refuses }]) => [name, refuses(JSON.parse(JSON.stringify(build(request))) as Json)] as const,
  );
  return Object.fromEntries(found.filter(([, reasons]) => reasons.length > 0));
}

export const takenByAll = {};
