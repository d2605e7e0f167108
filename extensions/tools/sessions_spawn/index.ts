// Has a task done by a sub-agent and gives its answer. That it is one task, whatever is cut and made again, the house sees to.
import { type Activate, Fault, type SessionAnswer, sessionsOf, type ToolOutput, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

/** Characters of an answer; the whole stands in the sub-agent's session. */
const mostCharacters = 40_000;
const usualSeconds = 600;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ task, timeoutSeconds = usualSeconds, label, model, tools }, call) {
    if (task.trim() === "") throw new Fault("invalid", "sessions_spawn.empty", "There is no task.");
    const wish = { task, label, model, tools, timeoutMs: timeoutSeconds * 1000 };
    return outputOf(await sessionsOf(call).spawn(wish));
  },
  preview({ task, label }) {
    return `Give a task to a sub-agent: ${label ?? task}`.replace(/\s+/g, " ").slice(0, 180);
  },
});

function outputOf(answer: SessionAnswer): ToolOutput {
  if (answer.type === "failed") return textOutput(`failed: ${answer.key} could not do it. ${answer.reason}`, true);
  if (answer.type !== "replied")
    return textOutput(
      `running: ${answer.key} has the task and is not done yet. Do not give it again; sessions_history shows what comes of it.`,
    );
  if (answer.text.trim() === "") return textOutput("[It answered without words.]");
  if (answer.text.length <= mostCharacters) return textOutput(answer.text);
  const left = answer.text.length - mostCharacters;
  return textOutput(
    `${answer.text.slice(0, mostCharacters)}\n[... ${left} characters left out; sessions_history of ${answer.key} shows all]`,
  );
}
