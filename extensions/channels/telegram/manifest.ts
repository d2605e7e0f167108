import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "telegram",
  kind: "channel",
  title: "Telegram",
  description: "Talk to the agent through a Telegram bot. Needs no public address: it asks Telegram for news.",
  since: "0.1",
  capabilities: ["edits", "choices", "typing", "threads", "attachments", "replies", "groups", "sightings"],
  // Bot API, https://core.telegram.org/bots/api#sendmessage and #sending-files; edits share the message rate.
  limits: { text: 4096, attachment: 50_000_000, editEveryMs: 1_500 },
  permissions: { hosts: ["api.telegram.org", "{config.apiRoot}"] },
  config: s.object({
    token: s.secret({
      title: "Bot token",
      help: "From @BotFather in Telegram: /newbot. Write it as ${TELEGRAM_BOT_TOKEN}.",
    }),
    apiRoot: s.withDefault(
      s.string({ title: "Bot API server", help: "Only for a Bot API server of your own.", format: "uri" }),
      "https://api.telegram.org",
    ),
  }),
});
