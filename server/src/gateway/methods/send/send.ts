// send, poll and message.action: a program says something to a person. Words go through the outbox, so that they are
// sent once, whatever happens on the way. What channels here cannot carry is refused before anything is said.
import type { OutboundMessage } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

type SendParams = ParamsOf<typeof params.send>;

async function send(input: SendParams, { door }: Call): Promise<unknown> {
  const text = (input.message ?? "").trim();
  if (input.mediaUrl !== undefined || (input.mediaUrls?.length ?? 0) > 0)
    throw invalid("media by address is not supported by this gateway; send the address in the message");
  if (text === "") throw invalid("text or media is required");
  const channel = channelOf(door, input.channel);
  const message: OutboundMessage = {
    ...{ channel, account: input.accountId ?? "default", text, attachments: [], place: placeOf(input) },
    ...(input.replyToId === undefined ? {} : { replyTo: input.replyToId }),
  };
  const receipts = await door.house.speak(message, `send:${input.idempotencyKey}`);
  if (input.sessionKey !== undefined) await note(door, input.sessionKey, text);
  return {
    runId: input.idempotencyKey,
    messageId: receipts.at(-1)?.id ?? input.idempotencyKey,
    channel,
    chatId: input.to,
  };
}

/** The session that is named remembers what was said on its behalf. */
function note(door: Door, sessionKey: string, text: string): Promise<void> {
  return door.house.sessions.inject(door.house.sessions.resolveKey(sessionKey), text);
}

/** `<chat>` or `<chat>:topic:<id>`; Telegram's groups have ids below zero. */
function placeOf({ to, threadId }: Pick<SendParams, "to" | "threadId">): OutboundMessage["place"] {
  const [, id = to, named] = /^(.+?):topic:(.+)$/.exec(to) ?? [];
  const topic = threadId ?? named;
  return { id, type: id.startsWith("-") ? "group" : "direct", ...(topic === undefined ? {} : { topic }) };
}

function channelOf(door: Door, wanted: string | undefined): string {
  const ids = [...new Set(door.house.channels().map((channel) => channel.id))];
  if (wanted === "webchat")
    throw invalid("unsupported channel: webchat (internal-only). Use `chat.send` for WebChat UI messages");
  const named = wanted ?? (ids.length === 1 ? ids[0] : undefined);
  if (named === undefined)
    throw invalid(
      ids.length === 0
        ? "no channel is configured: set one under channels"
        : `channel is required: choose one of ${ids.join(", ")}`,
    );
  if (!ids.includes(named)) throw invalid(`unsupported channel: ${named}`);
  return named;
}

function poll(input: ParamsOf<typeof params.poll>, { door }: Call): never {
  if (input.options.length > 12) throw invalid("invalid poll params: at /options: must NOT have more than 12 items");
  const channel = channelOf(door, input.channel);
  throw invalid(`unsupported poll channel: ${channel}`);
}

function action(input: ParamsOf<typeof params.action>, { door }: Call): never {
  const channel = channelOf(door, input.channel);
  throw invalid(`Channel ${channel} does not support action ${input.action}.`);
}

export const handlers: Group["handlers"] = { send, poll, "message.action": action };
