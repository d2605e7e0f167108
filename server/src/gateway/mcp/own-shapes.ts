// What the house-level tools take and give, as plain JSON Schema.
import { flag, list, name, oneOf, open, optional, strict, text, told, whole, words } from "../frames/shape.ts";

const session = told(words(1, 512), "A session's key as `sessions_list` gives it, or `main`.");

export const askInput = strict({
  message: told(name, "What the agent is asked."),
  session: optional(
    told(
      words(1, 512),
      "The session to go on in (`session` of an earlier answer, or `main`). Absent begins a new one.",
    ),
  ),
  thinking: optional(told(oneOf("off", "low", "medium", "high"), "How long it thinks before it answers.")),
});
export const askOutput = open({
  answer: text,
  session: name,
  run: name,
  outcome: oneOf("answered", "joined", "stopped", "failed"),
});

export const listInput = strict({
  search: optional(told(text, "Only sessions whose key or title holds these words.")),
  agent: optional(told(name, "Only sessions of this agent.")),
  limit: optional(whole(1, 200)),
  offset: optional(whole(0)),
});
export const listOutput = open({
  sessions: list(
    open({ session: name, title: optional(text), updated: text, model: optional(text), is_running: flag }),
  ),
  total: whole(0),
  has_more: flag,
});

export const historyInput = strict({
  session,
  limit: optional(told(whole(1, 200), "How many of the newest messages (default 50).")),
  max_chars: optional(told(whole(100, 100_000), "Longer texts are cut (default 4000).")),
});
export const historyOutput = open({
  session: name,
  messages: list(open({ role: oneOf("user", "agent", "tool"), time: text, text, tools: optional(list(name)) })),
});

export const sendInput = strict({ session, message: told(name, "What is said there.") });
export const sendOutput = open({ session: name, run: name, status: name });

export const searchInput = strict({
  query: told(name, "Words that must all occur in a message; the last may be the beginning of one."),
  agent: optional(told(name, "Only sessions of this agent.")),
  limit: optional(whole(1, 100)),
});
export const searchOutput = open({
  results: list(open({ session: name, role: oneOf("user", "agent"), time: text, text })),
  has_more: flag,
});

export const jobsInput = strict({ all: optional(told(flag, "Also those that are switched off.")) });
const job = open({
  ...{ job: name, name, says: text, schedule: text, is_enabled: flag },
  ...{ next: optional(text), last: optional(text), last_status: optional(text) },
});
export const jobsOutput = open({ jobs: list(job) });

export const addInput = strict({
  name: told(name, "A few words."),
  message: told(name, "What the agent is asked when the time comes."),
  at: optional(told(name, "Once: ISO 8601 with a zone, for example 2030-01-31T07:00:00+01:00.")),
  every: optional(told(name, "Again and again: 90s, 30m, 2h, 1d.")),
  cron: optional(told(name, "A cron expression of five or six fields.")),
  time_zone: optional(told(name, "IANA name, for `cron`. Absent: that of the house.")),
  session: optional(
    told(name, "`isolated` (a session of its own, the default), `main`, or `session:` before a session's key."),
  ),
  agent: optional(told(name, "Who answers. Absent: the agent of this connection.")),
  channel: optional(told(name, "Where the answer goes, for example telegram. Absent: the last place.")),
  to: optional(told(name, "The place on that channel.")),
});
export const addOutput = job;

export const removeInput = strict({ job: told(name, "The job's id as `jobs_list` gives it.") });
export const removeOutput = open({ removed: flag });

export const speakInput = strict({
  text: told(name, "What is said."),
  to: told(name, "The place on the channel: a chat's id."),
  channel: optional(told(name, "For example telegram. Needed where several are set up.")),
  account: optional(name),
  reply_to: optional(told(name, "The platform's id of the message that this answers.")),
  thread: optional(name),
  session: optional(told(words(1, 512), "A session that is to remember what was said.")),
  key: optional(told(name, "The same key twice sends once.")),
});
export const speakOutput = open({ message: name, channel: name, to: name });
