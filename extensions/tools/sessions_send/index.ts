// Says something in another session. That it is one message, whatever is cut and made again, the house sees to.
import { type Activate, Fault, type SessionAnswer, sessionsOf, type ToolOutput, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

/** Characters of an answer; the whole stands in the other session. */
const mostCharacters = 40_000;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ key, message, timeoutSeconds = 0 }, call) {
    if (message.trim() === "") throw new Fault("invalid", "sessions_send.empty", "There is nothing to say.");
    const answer = await sessionsOf(call).send({ key, text: message, waitMs: timeoutSeconds * 1000 });
    return outputOf(answer);
  },
  preview({ key, message }) {
    const [to, words] = [key, message].map((text) => text.replace(/\s+/g, " ").slice(0, 80));
    return `Say in the session ${to}: ${words}`;
  },
});

function outputOf(answer: SessionAnswer): ToolOutput {
  switch (answer.type) {
    case "accepted":
      return textOutput(`accepted: ${answer.key} has the message. sessions_history shows what comes of it.`);
    case "running":
      return textOutput(
        `running: ${answer.key} has the message and is not done yet. Do not send it again; sessions_history shows what comes of it.`,
      );
    case "failed":
      return textOutput(`failed: ${answer.key} has the message, and could not answer it. ${answer.reason}`, true);
    case "replied":
      return textOutput(answer.text.trim() === "" ? "[It answered without words.]" : shortened(answer.text));
  }
}

function shortened(text: string): string {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, mostCharacters)}\n[... ${text.length - mostCharacters} characters left out; sessions_history shows the session]`;
}
