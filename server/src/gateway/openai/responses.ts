// POST /v1/responses: one run of the agent as a response object, whole or as its stream of events.
// Source: OpenAI API reference, "Responses" and "Streaming events" (read 2026-11).
import type { InboundMessage } from "@homarus/sdk";
import type { Door } from "../door.ts";
import { HttpRefusal, openEventStream } from "../http/answer.ts";
import { type RunResult, runOver } from "../http/run.ts";
import { type Asking, messageOf } from "./chat.ts";
import { type Asked, askedOf, refuseClientTools } from "./request.ts";
import { targetOf } from "./target.ts";

export async function responses(asking: Asking): Promise<Response> {
  const { door, request, body } = asking;
  refuseClientTools(body);
  const previous = typeof body.previous_response_id === "string" ? body.previous_response_id : undefined;
  const kept = previous === undefined ? undefined : await sessionOf(door, previous);
  const asked = inputOf(body);
  const found = await targetOf(door, request, body.model, body.user ?? body.safety_identifier);
  const target = kept === undefined ? found : { ...found, sessionKey: kept, isKept: true };
  const id = `resp_${crypto.randomUUID().replaceAll("-", "")}`;
  await door.house.store.values("responses").set(id, { sessionKey: target.sessionKey, at: door.clock.now() });
  const message = messageOf(asking, asked, target, id);
  const head: Head = {
    ...{ id, model: typeof body.model === "string" ? body.model : "homarus", previous: previous ?? null },
    ...{ created: Math.floor(door.clock.now() / 1000), itemId: `msg_${crypto.randomUUID().replaceAll("-", "")}` },
  };
  if (body.stream === true) return streamed(asking, message, head);
  const result = await runOver(door, message, {}, request.signal);
  return Response.json(ended(head, result, result.text));
}

/** A response goes on in the session of the one before. */
async function sessionOf(door: Door, previous: string): Promise<string> {
  const kept = (await door.house.store.values("responses").get(previous)) as
    | { readonly sessionKey?: string }
    | undefined;
  if (kept?.sessionKey !== undefined) return kept.sessionKey;
  const message = `Previous response ${previous} was not found.`;
  throw new HttpRefusal(400, "previous_response_not_found", message, "previous_response_id");
}

function inputOf(body: Asking["body"]): Asked {
  const instructions = typeof body.instructions === "string" ? [{ role: "system", content: body.instructions }] : [];
  const { input } = body;
  if (typeof input === "string") return askedOf([...instructions, { role: "user", content: input }]);
  if (!Array.isArray(input))
    throw new HttpRefusal(400, "invalid_request_error", "input must be text or a list", "input");
  const items = input.filter((item) => {
    const type = (item as { readonly type?: unknown } | null)?.type;
    return type === undefined || type === "message";
  });
  return askedOf([...instructions, ...items]);
}

interface Head {
  readonly id: string;
  readonly model: string;
  readonly previous: string | null;
  /** Unix seconds. */
  readonly created: number;
  readonly itemId: string;
}

function skeleton(head: Head, status: string) {
  return {
    ...{ id: head.id, object: "response", created_at: head.created, status, model: head.model, output: [] },
    ...{ error: null, incomplete_details: null, instructions: null, metadata: {}, parallel_tool_calls: true },
    ...{ previous_response_id: head.previous, temperature: null, top_p: null, tool_choice: "auto", tools: [] },
    usage: null,
  };
}

function itemOf(head: Head, text: string, status: string) {
  return { id: head.itemId, type: "message", role: "assistant", status, content: [partOf(text)] };
}

function partOf(text: string) {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function ended(head: Head, result: RunResult, text: string) {
  if (result.problem !== undefined)
    return { ...skeleton(head, "failed"), error: { code: "server_error", message: result.problem } };
  return {
    ...skeleton(head, "completed"),
    ...{ output: [itemOf(head, text, "completed")], output_text: text, usage: usageOf(result) },
  };
}

function usageOf({ usage }: RunResult) {
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    ...{ input_tokens: input, output_tokens: usage.output, total_tokens: input + usage.output },
    input_tokens_details: { cached_tokens: usage.cacheRead },
    output_tokens_details: { reasoning_tokens: 0 },
  };
}

function streamed({ door, request }: Asking, message: InboundMessage, head: Head): Response {
  const gone = new AbortController();
  request.signal.addEventListener("abort", () => gone.abort(), { once: true });
  const stream = openEventStream(() => gone.abort());
  let sequence = 0;
  const tell = (type: string, fields: object) => {
    stream.send(JSON.stringify({ type, ...fields, sequence_number: sequence }), type);
    sequence += 1;
  };
  const at = { item_id: head.itemId, output_index: 0, content_index: 0 };
  tell("response.created", { response: skeleton(head, "in_progress") });
  tell("response.in_progress", { response: skeleton(head, "in_progress") });
  tell("response.output_item.added", { output_index: 0, item: { ...itemOf(head, "", "in_progress"), content: [] } });
  tell("response.content_part.added", { ...at, part: partOf("") });
  let said = "";
  const text = (delta: string) => {
    said += delta;
    tell("response.output_text.delta", { ...at, delta, logprobs: [] });
  };
  runOver(door, message, { text }, gone.signal)
    .then((result) => {
      if (result.problem !== undefined) return tell("response.failed", { response: ended(head, result, said) });
      if (said === "" && result.text !== "") text(result.text);
      tell("response.output_text.done", { ...at, text: said, logprobs: [] });
      tell("response.content_part.done", { ...at, part: partOf(said) });
      tell("response.output_item.done", { output_index: 0, item: itemOf(head, said, "completed") });
      tell("response.completed", { response: ended(head, result, said) });
    })
    .catch((thrown: unknown) => {
      door.house.log.warn("http.run-failed", { error: thrown });
      tell("error", { code: "server_error", message: "the house could not take the message", param: null });
    })
    .finally(() => stream.close());
  return stream.response;
}
