// The log of a session as what the model reads, within a budget, and always well formed: each tool call is answered.
import {
  type Entry,
  type EntryBody,
  type ModelTurn,
  type ToolCallBlock,
  type ToolResultBlock,
  textOf,
} from "@homarus/sdk";

/** What the model is told of a call that was cut by a crash. */
export const interruptedText =
  "This call was interrupted by a restart of the house. Whether it took effect is unknown: check before you repeat it.";

/** Notes that the step before it broke off after it was shown, and that the next goes on from it. */
export const continuedEvent = "answer-continued";

/** Notes something for the model, in the house's own words. */
export const noteEvent = "house-note";

/** What the model is told where its answer, or another's, broke off. */
const continueText =
  "[Your answer above was cut off by a fault of the line. Go on exactly where it stops; repeat nothing of it.]";

/** The words of an answer in the making that broke off: they were shown, and the next step continues them. */
export function brokenOff(entries: readonly Entry[]): string {
  let text = "";
  // A message that came meanwhile stands between.
  const end = entries.findLastIndex(({ body }) => body.type !== "user");
  for (let at = end; at > 0; at -= 2) {
    const [step, event] = [entries[at - 1]?.body, entries[at]?.body];
    if (event?.type !== "event" || event.event !== continuedEvent || step?.type !== "step") break;
    text = textOf(step.content) + text;
  }
  return text;
}

/**
 * Turns of the newest entries that fit `budgetChars`, starting at a user's turn. Calls without a result (a run that
 * was stopped) are answered with a note, since vendors refuse a call that stays open.
 */
export function turnsOf(entries: readonly Entry[], budgetChars: number): readonly ModelTurn[] {
  const turns = merge(sinceCut(entries));
  let start = turns.length;
  let used = 0;
  for (let index = turns.length - 1; index >= 0; index -= 1) {
    used += sizeOf(turns[index]);
    if (used > budgetChars && start < turns.length) break;
    if (turns[index]?.type === "user") start = index;
  }
  return turns.slice(start);
}

/** What the last cut of the log left to read. */
function sinceCut(entries: readonly Entry[]): readonly Entry[] {
  const cut = entries.findLast(({ body }) => body.type === "event" && body.keptFrom !== undefined)?.body;
  const from = cut?.type === "event" ? (cut.keptFrom ?? 0) : 0;
  return from === 0 ? entries : entries.filter((entry) => entry.seq >= from);
}

/** Characters, near enough: text as it is, the rest as JSON. */
function sizeOf(turn: ModelTurn | undefined): number {
  if (!turn) return 0;
  if (turn.type === "tool") return JSON.stringify(turn.results).length;
  return turn.content.reduce(
    (sum, block) => sum + (block.type === "text" ? block.text.length : JSON.stringify(block).length),
    0,
  );
}

function merge(entries: readonly Entry[]): ModelTurn[] {
  const turns: ModelTurn[] = [];
  let open: ToolCallBlock[] = [];
  let results: ToolResultBlock[] = [];
  const close = (): void => {
    if (open.length === 0) return;
    const answers = open.map((call) => results.find((result) => result.callId === call.id) ?? unanswered(call));
    turns.push({ type: "tool", results: answers });
    open = [];
    results = [];
  };
  for (const { body } of entries) {
    if (body.type === "tool-result") results.push(body.result);
    if (body.type === "user") {
      close();
      const last = turns.at(-1);
      if (last?.type === "user")
        turns[turns.length - 1] = { type: "user", content: [...last.content, ...body.content] };
      else turns.push({ type: "user", content: body.content });
    }
    const note = noteIn(body);
    if (note !== undefined) {
      close();
      turns.push({ type: "user", content: [{ type: "text", text: note }] });
    }
    if (body.type === "step") {
      close();
      const content = body.content.filter((block) => block.type !== "text" || block.text !== "");
      if (content.length === 0) continue;
      turns.push({ type: "step", content, provider: body.provider, model: body.model });
      open = content.filter((block): block is ToolCallBlock => block.type === "tool-call");
    }
  }
  close();
  return turns;
}

function noteIn(body: EntryBody): string | undefined {
  if (body.type !== "event") return undefined;
  if (body.event === continuedEvent) return continueText;
  return body.event === noteEvent && body.text ? `[${body.text}]` : undefined;
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
