import { describe, test } from "bun:test";
import type { MediaBlock } from "@homarus/sdk";
import {
  type ChannelTrouble,
  type ChannelWorld,
  channelContract,
  createFakeClock,
  createMemoryStore,
  runContract,
  type Saying,
  type Shown,
  silentLog,
} from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";
import { visible } from "./testing/fake-markup.ts";
import type { FakeMessage } from "./testing/fake-messages.ts";
import { type FakeFailure, type FakeTelegram, openFakeTelegram } from "./testing/fake-telegram.ts";

const group = { id: -100_500, type: "supergroup", title: "The crew" };

function shownOf(message: FakeMessage): Shown {
  const { message_id: id, chat, message_thread_id: topic, reply_parameters: reply } = message;
  const answers = (reply as { message_id: number } | undefined)?.message_id;
  const { uploaded } = message;
  return {
    ...{ id: `${chat.id}:${id}`, place: String(chat.id), text: visible(message.text ?? "", message) },
    ...(topic === undefined ? {} : { topic: String(topic) }),
    ...(answers === undefined ? {} : { replyTo: `${chat.id}:${answers}` }),
    ...(uploaded instanceof Uint8Array ? { data: uploaded.toBase64() } : {}),
    ...(message.reply_markup ? { choices: buttonsOf(message).map((button) => button.text) } : {}),
  };
}

interface Button {
  readonly text: string;
  readonly callback_data: string;
}

function buttonsOf({ reply_markup: markup }: FakeMessage): readonly Button[] {
  const found = typeof markup === "string" ? JSON.parse(markup) : markup;
  return (found as { inline_keyboard?: Button[][] } | undefined)?.inline_keyboard?.flat() ?? [];
}

function fieldsOf(text: string, saying: Saying, telegram: FakeTelegram): Record<string, unknown> {
  const addressed = saying.group?.addressed ? `@homarus_bot ` : "";
  const answered = telegram.sent.find((message) => `${message.chat.id}:${message.message_id}` === saying.replyTo);
  return {
    ...(saying.group ? { chat: group, text: addressed + text } : {}),
    ...(addressed ? { entities: [{ type: "mention", offset: 0, length: 12 }] } : {}),
    ...(saying.topic ? { is_topic_message: true, message_thread_id: Number(saying.topic) } : {}),
    ...(answered ? { reply_to_message: { ...answered, text: visible(answered.text ?? "", answered) } } : {}),
    ...(saying.file ? fileFields(text, saying.file, saying.tooLarge ?? false, telegram) : {}),
  };
}

function fileFields(text: string, file: MediaBlock, tooLarge: boolean, telegram: FakeTelegram) {
  const id = `file-${file.type}`;
  const bytes = Uint8Array.fromBase64(file.data);
  telegram.addFile(id, bytes);
  const facts = { file_id: id, file_unique_id: id, file_size: tooLarge ? 20_000_001 : bytes.length };
  const media = { ...facts, mime_type: file.mediaType, file_name: file.name };
  const kind = { image: { photo: [facts] }, audio: { voice: media }, file: { document: media } }[file.type];
  return { text: undefined, caption: text, ...kind };
}

function failureOf(trouble: ChannelTrouble): FakeFailure {
  switch (trouble.type) {
    case "limited":
      return { status: 429, description: "Too Many Requests: retry later", retryAfter: trouble.seconds };
    case "unavailable":
      return { status: 502, description: "Bad Gateway" };
    case "blocked":
      return { status: 403, description: "Forbidden: bot was blocked by the user" };
    case "markup":
      return { status: 400, description: "Bad Request: can't parse entities: unsupported start tag" };
  }
}

async function openWorld(): Promise<ChannelWorld & AsyncDisposable> {
  const telegram = openFakeTelegram();
  const clock = createFakeClock();
  const life = new AbortController();
  return {
    ...{ clock, textLimit: manifest.limits.text },
    open: () =>
      activate({
        ...{ id: "telegram", config: { token: telegram.token, apiRoot: telegram.url }, signal: life.signal },
        ...{ log: silentLog, fetch, clock, store: createMemoryStore().values("telegram") },
      }),
    async say(text, saying = {}) {
      telegram.say(text, fieldsOf(text, saying, telegram));
      const { chat, message_id: id } = telegram.newest();
      return `${chat.id}:${id}`;
    },
    repeat: async () => void telegram.push({ message: telegram.newest() }),
    shown: () => telegram.sent.map(shownOf),
    connections: telegram.polls,
    echo: () => void telegram.push({ message: telegram.sent.at(-1) }),
    drop: telegram.dropConnections,
    unconfirmed: telegram.unconfirmed,
    refuse: (trouble) => telegram.fail("sendMessage", failureOf(trouble)),
    revokeLogin: telegram.revoke,
    loseAnswer: () => telegram.loseAnswer("sendMessage"),
    remove(id) {
      const [chat, message] = id.split(":");
      telegram.remove(Number(chat), Number(message));
    },
    press(id, label) {
      const message = telegram.sent.find((item) => `${item.chat.id}:${item.message_id}` === id);
      const data = message && buttonsOf(message).find((button) => button.text === label)?.callback_data;
      const { from } = telegram.newest();
      telegram.push({ callback_query: { id: "press-1", from, message, data, chat_instance: "c" } });
    },
    typed: () => telegram.calls.filter((call) => call.method === "sendChatAction").length,
    async [Symbol.asyncDispose]() {
      life.abort();
      await telegram[Symbol.asyncDispose]();
    },
  };
}

runContract({ describe, test }, channelContract, {
  title: "[F10] telegram",
  capabilities: [
    ...manifest.capabilities,
    ...["remote", "login", "redelivers", "reconnects", "dialect", "large-files", "files-out"],
  ],
  open: openWorld,
});
