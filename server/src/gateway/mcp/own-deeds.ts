// Tools that keep jobs and send messages.
import { type JobRow, jobParams, toldJob } from "./jobs.ts";
import * as shapes from "./own-shapes.ts";
import { call, keyOf, type OwnTool, own } from "./own-tool.ts";

export const deeds: readonly OwnTool[] = [
  own(
    {
      ...{ name: "jobs_list", title: "List jobs", method: "cron.list", does: "read" },
      description: "Lists what the house does by the clock, the next first.",
    },
    [shapes.jobsInput, shapes.jobsOutput],
    async ({ all }, use) => {
      const { jobs } = await call<{ jobs: JobRow[] }>(use, "cron.list", { includeDisabled: all === true });
      return { jobs: jobs.map(toldJob) };
    },
  ),
  own(
    {
      ...{ name: "jobs_add", title: "Set a job", method: "cron.add", does: "add" },
      description: "Has the agent asked something at a time, or again and again.",
    },
    [shapes.addInput, shapes.addOutput],
    async (input, use) => toldJob(await call<JobRow>(use, "cron.add", jobParams(input, use.guest.agent))),
  ),
  own(
    {
      ...{ name: "jobs_remove", title: "Remove a job", method: "cron.remove", does: "remove" },
      description: "Removes a job. A run of it that is under way ends by itself.",
    },
    [shapes.removeInput, shapes.removeOutput],
    async ({ job }, use) => {
      const { removed } = await call<{ removed: boolean }>(use, "cron.remove", { id: job });
      return { removed };
    },
  ),
  own(
    {
      ...{ name: "message_send", title: "Send a message", method: "send", does: "add", isOpenWorld: true },
      description: "Sends a text to a person or a group on a channel that is set up, for example Telegram.",
    },
    [shapes.speakInput, shapes.speakOutput],
    async ({ text, to, channel, account, reply_to, thread, session, key }, use) => {
      const wish = { channel, accountId: account, replyToId: reply_to, threadId: thread };
      const sessionKey = session === undefined ? {} : { sessionKey: keyOf(use, session) };
      const idempotencyKey = key ?? crypto.randomUUID();
      const sent = await call<{ messageId: string; channel: string; chatId: string }>(use, "send", {
        message: text,
        to,
        ...wish,
        ...sessionKey,
        idempotencyKey,
      });
      return { message: sent.messageId, channel: sent.channel, to: sent.chatId };
    },
  ),
];
