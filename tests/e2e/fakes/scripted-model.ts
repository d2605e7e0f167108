// A remote model server that works through jobs named in the conversation.
// "job 7 needs 3" makes it call a tool three times, then say "done 7"; "job 7 needs 0 says 90" adds ninety words to that.
// It knows nothing but what the request tells it.
import { openChatServer, type RemoteModel, type Step, textOf, type WireMessage } from "./chat-server.ts";

interface Job {
  readonly id: string;
  readonly needs: number;
  readonly says: number;
}

export function openScriptedModel(): RemoteModel {
  return openChatServer(nextStep);
}

/** Jobs since the model last said that it is done, and the first call of theirs that has no answer yet. */
function nextStep(messages: readonly WireMessage[]): Step {
  const since = messages.findLastIndex((message) => message.role === "assistant" && !message.tool_calls?.length);
  const recent = messages.slice(since + 1);
  const jobs = recent.filter((message) => message.role === "user").flatMap((message) => jobsIn(textOf(message)));
  const answered = new Set(messages.map((message) => message.tool_call_id));
  for (const job of jobs) {
    const missing = Array.from({ length: job.needs }, (_, index) => `call-${job.id}-${index}`).filter(
      (id) => !answered.has(id),
    );
    // Two at a time where there are two, so that calls that stand side by side are tried too.
    if (missing.length > 0) return { text: `Working on ${job.id}. `, calls: missing.slice(0, 2).map(callOf) };
  }
  const says = jobs.reduce((sum, job) => sum + job.says, 0);
  const talk = Array.from({ length: says }, (_, index) => ` word${index}`).join("");
  return { text: jobs.length > 0 ? `done ${jobs.map((job) => job.id).join(" ")}${talk}` : "nothing to do", calls: [] };
}

function jobsIn(text: string): Job[] {
  return [...text.matchAll(/job (\w+) needs (\d+)(?: says (\d+))?/g)].map(([, id = "", needs = "0", says = "0"]) => ({
    ...{ id, needs: Number(needs), says: Number(says) },
  }));
}

/** The tool counts its own runs: a line in a file of the workspace for each. */
function callOf(id: string): Step["calls"][number] {
  const isCommand = id.endsWith("1");
  const input = isCommand
    ? { command: `echo run >> ran-${id}` }
    : { path: `ran-${id}`, content: "run\n", append: true };
  return { id, name: isCommand ? "exec" : "write", arguments: JSON.stringify(input) };
}
