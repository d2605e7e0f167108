// Entries of the log as the turns a model reads, always well formed: the first is a person's, neighbours of one role are
// one turn, and each call is answered right after its step.
import {
  continuedEvent,
  type EntryBody,
  interruptedText,
  type ModelTurn,
  noteEvent,
  type StepBlock,
  type ToolCallBlock,
  type ToolResultBlock,
  type UserBlock,
} from "@homarus/sdk";
import { houseBlock } from "./house-words.ts";

/** What the model is told where its answer, or another's, broke off. */
const continueText =
  "Your answer above was cut off by a fault of the line. Go on exactly where it stops; repeat nothing of it.";

/**
 * `opening` is what a person's turn before them says; without it, steps before the first words of a person are left
 * out. Calls without a result (a run that was stopped) are answered with a note, since vendors refuse a call that stays
 * open.
 */
export function turnsOf(bodies: readonly EntryBody[], opening: readonly UserBlock[] = []): readonly ModelTurn[] {
  const builder = openTurns();
  builder.say(opening);
  for (const body of bodies) {
    if (body.type === "user") builder.say(body.content);
    else if (body.type === "step") builder.step(body);
    else if (body.type === "tool-result") builder.result(body.result);
    else if (body.type === "event") builder.say(noteIn(body));
  }
  return builder.end();
}

/** What the house notes for the model. */
function noteIn({ event, text, note }: Extract<EntryBody, { type: "event" }>): readonly UserBlock[] {
  if (note !== undefined) return [houseBlock(note)];
  if (event === continuedEvent) return [houseBlock(continueText)];
  return event === noteEvent && text ? [houseBlock(text)] : [];
}

function openTurns() {
  const turns: ModelTurn[] = [];
  let open: readonly ToolCallBlock[] = [];
  let results: ToolResultBlock[] = [];
  const close = (): void => {
    const answers = open.map((call) => results.find((result) => result.callId === call.id) ?? unanswered(call));
    if (answers.length > 0) turns.push({ type: "tool", results: answers });
    open = [];
    // What answers no call of its own step answers none.
    results = [];
  };
  return {
    say(content: readonly UserBlock[]): void {
      if (content.length === 0) return;
      close();
      const last = turns.at(-1);
      if (last?.type === "user") turns[turns.length - 1] = { type: "user", content: [...last.content, ...content] };
      else turns.push({ type: "user", content });
    },
    step({ content: all, provider, model }: Extract<EntryBody, { type: "step" }>): void {
      close();
      const content = all.filter((block) => block.type !== "text" || block.text.trim() !== "");
      if (turns.length === 0 || content.every((block) => block.type === "thinking")) return;
      turns.push({ type: "step", content, provider, model });
      open = content.filter((block: StepBlock): block is ToolCallBlock => block.type === "tool-call");
    },
    result(result: ToolResultBlock): void {
      results.push(result);
    },
    end(): readonly ModelTurn[] {
      close();
      return turns;
    },
  };
}

function unanswered(call: ToolCallBlock): ToolResultBlock {
  return {
    type: "tool-result",
    callId: call.id,
    name: call.name,
    content: [{ type: "text", text: interruptedText }],
    isError: true,
  };
}
