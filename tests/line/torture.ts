// A long conversation with large results of tools on a small window, and a model that knows only what its request shows.
// It answers a question about a fact only if the fact stands there, and keeps to a rule only if it reads the rule. As a
// writer of notes it is mediocre: it keeps one line in five.
import {
  Fault,
  type ModelRequest,
  type ProviderEvent,
  type StepBlock,
  type Store,
  type TextBlock,
  textOf,
  type Usage,
  type UserBlock,
} from "@homarus/sdk";
import { createMemoryStore, createRandom } from "@homarus/sdk/testing";
import type { ContextSettings } from "../../server/src/core/context/settings.ts";
import { refusedBy } from "../providers/strict/all.ts";
import { openWorld, say } from "./world.ts";

export interface TortureOptions {
  readonly turns: number;
  readonly windowTokens: number;
  /** What the list of models says of the window, where it is wrong. */
  readonly listedTokens?: number;
  readonly store?: Store;
  readonly seed?: number;
  readonly context?: Partial<ContextSettings>;
  /** Takes what code copied out of the notes before they are stored. */
  readonly withoutCarryOver?: boolean;
  /** How often the requests are held against the vendors' rules; 1 is each. */
  readonly checkEvery?: number;
}

export interface TortureFigures {
  readonly turns: number;
  readonly asked: number;
  readonly lost: number;
  /** Answers that broke the rule which was given once, near the beginning. */
  readonly ruleBroken: number;
  readonly failed: number;
  readonly requests: number;
  readonly notes: number;
  readonly invalid: readonly string[];
  readonly refusedAsTooLong: number;
  /** Tokens of the largest request, as the model counts them, and of all. */
  readonly largest: number;
  readonly read: number;
  /** Of `read`, what stood at the beginning of the request before, byte for byte. */
  readonly cached: number;
}

const mark = "LOBSTER-41";
const rule = `From now on end every answer with the mark ${mark}.`;

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly isAskedAt: number;
}

/** As the vendor's own counter would: it knows nothing of the house's estimate. */
export function countTokens(request: ModelRequest): number {
  const text = JSON.stringify([request.system, request.tools, request.turns]);
  return Math.ceil(text.length / 3.7);
}

export async function torture(options: TortureOptions): Promise<TortureFigures> {
  const { turns, seed = 7 } = options;
  const random = createRandom(seed);
  const model = openModel(options);
  const world = openTortured(options, model, random);
  const facts: Fact[] = [];
  const figures = { asked: 0, lost: 0, ruleBroken: 0, failed: 0 };
  for (let turn = 0; turn < turns; turn += 1) {
    const fact = facts.find((item) => item.isAskedAt === turn);
    const text = fact ? `What is the code of the ${fact.name}?` : planFor(turn, turns, random, facts);
    const outcome = await (await world.line.receive(say(text))).ended;
    const said = outcome.type === "replied" ? outcome.text : "";
    figures.asked += fact ? 1 : 0;
    figures.failed += outcome.type === "replied" ? 0 : 1;
    figures.lost += fact && !said.includes(fact.value) ? 1 : 0;
    figures.ruleBroken += turn > 5 && !said.includes(mark) ? 1 : 0;
    await world.clock.advance(60_000);
  }
  return { turns, ...figures, ...model.figures() };
}

function openTortured(options: TortureOptions, model: ReturnType<typeof openModel>, random: () => number) {
  const store = options.store ?? createMemoryStore();
  return openWorld({
    store: options.withoutCarryOver ? withoutNotes(store) : store,
    agent: { historyChars: undefined, maxSteps: 20 },
    ...(options.context ? { context: options.context } : {}),
    facts: {
      id: "model-1",
      name: "m",
      contextTokens: options.listedTokens ?? options.windowTokens,
      thinking: false,
      input: ["text"],
    },
    execute: async () => ({ content: [{ type: "text", text: pageOf(random, 2_000 + Math.floor(random() * 12_000)) }] }),
    stream: model.stream,
  });
}

function planFor(turn: number, turns: number, random: () => number, facts: Fact[]): string {
  if (turn === 5) return rule;
  // Asked for long after, never twice in one turn.
  const isAskedAt = turn + Math.floor(turns * (0.1 + random() * 0.6)) + 1;
  const isFree = isAskedAt < turns && !facts.some((fact) => fact.isAskedAt === isAskedAt);
  if (turn % 9 === 4 && isFree) {
    const fact = { name: nameOf(random, facts), value: `Q${Math.floor(random() * 1e9).toString(36)}`, isAskedAt };
    facts.push(fact);
    const how = turn % 2 === 0 ? "For the record, the" : "By the way, in the cellar I saw that the";
    return `${how} code of the ${fact.name} is ${fact.value}. ${chatter(random, 12)}`;
  }
  if (random() < 0.6) return `Look at page ${turn} ${1 + Math.floor(random() * 3)} times. ${chatter(random, 8)}`;
  return chatter(random, 25);
}

const first = ["amber", "silver", "crooked", "hollow", "painted", "northern", "rusty", "velvet", "broken", "quiet"];
const second = ["lantern", "gate", "cabinet", "bicycle", "chimney", "piano", "anchor", "mirror", "ladder", "compass"];
const common =
  "the garden and the weather were fine so we went on with the plan for the house while it was still light".split(" ");

/** No two facts are about the same thing. */
function nameOf(random: () => number, facts: readonly Fact[]): string {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? "";
  const name = `${pick(first)} ${pick(second)} ${Math.floor(random() * 900) + 100}`;
  return facts.some((fact) => fact.name === name) ? nameOf(random, facts) : name;
}

function chatter(random: () => number, words: number): string {
  const pick = (): string => common[Math.floor(random() * common.length)] ?? "";
  return `${Array.from({ length: words }, pick).join(" ")}.`;
}

function pageOf(random: () => number, chars: number): string {
  let text = "";
  while (text.length < chars) text += `${chatter(random, 14)} {"row":${Math.floor(random() * 1e6)}}\n`;
  return text;
}

function openModel({ windowTokens, checkEvery = 1 }: TortureOptions) {
  const figures = { requests: 0, notes: 0, refusedAsTooLong: 0, largest: 0, read: 0, cached: 0 };
  const invalid: string[] = [];
  let before = "";
  return {
    figures: () => ({ ...figures, invalid }),
    async *stream(_: unknown, request: ModelRequest): AsyncGenerator<ProviderEvent> {
      const tokens = countTokens(request);
      figures.requests += 1;
      figures.largest = Math.max(figures.largest, tokens);
      figures.read += tokens;
      if (figures.requests % checkEvery === 0 && invalid.length < 20) invalid.push(...objectionsTo(request));
      if (tokens > windowTokens) {
        figures.refusedAsTooLong += 1;
        yield { type: "fault", fault: new Fault("overflow", "fake.too-long", "The prompt is too long.").toJSON() };
        return;
      }
      const isNotes = request.system.stable.startsWith("You keep the notes");
      const text = JSON.stringify(request.turns);
      const cacheRead = isNotes ? 0 : Math.floor(sharedLength(before, text) / 3.7);
      if (isNotes) figures.notes += 1;
      else before = text;
      figures.cached += cacheRead;
      const usage: Usage = { input: tokens - cacheRead, output: 50, cacheRead, cacheWrite: 0 };
      const content = isNotes ? [{ type: "text" as const, text: notesOn(request) }] : answerTo(request);
      const isCall = content.some((block) => block.type === "tool-call");
      yield { type: "step-end", content, stopReason: isCall ? "tool-calls" : "end", usage };
    },
  };
}

function objectionsTo(request: ModelRequest): readonly string[] {
  const found = Object.entries(refusedBy(request)).filter(([, reasons]) => reasons.length > 0);
  return found.map(([vendor, reasons]) => `${vendor}: ${reasons.join("; ")}`);
}

function sharedLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** One line in five, under the headings that are asked for. */
function notesOn(request: ModelRequest): string {
  const [turn] = request.turns;
  const lines = (turn?.type === "user" ? textOf(turn.content) : "").split("\n").filter((line) => line.startsWith("["));
  const kept = lines.filter((_, index) => index % 5 === 0).map((line) => `- ${line.slice(0, 80)}`);
  return `## Decisions\nnone\n## Open tasks\nnone\n## Facts\n${kept.slice(0, 8).join("\n")}\n## Failures\nnone\n## Now\nThey talk.`;
}

function answerTo(request: ModelRequest): readonly StepBlock[] {
  const all = JSON.stringify(request.turns);
  const signed = (text: string): StepBlock[] => [{ type: "text", text: all.includes(rule) ? `${text} ${mark}` : text }];
  const asked = request.turns.findLast((turn) => turn.type === "user");
  const words = asked?.type === "user" ? wordsIn(asked.content) : "";
  const question = /What is the code of the ([a-z]+ [a-z]+ \d+)\?/.exec(words)?.[1];
  if (question) {
    const value = new RegExp(`code of the ${question} is (Q[0-9a-z]+)`).exec(all)?.[1];
    return signed(value ? `It is ${value}.` : "I do not know.");
  }
  const page = /^Look at page (\d+) (\d) times/.exec(words);
  const at = request.turns.lastIndexOf(asked as never);
  const listed = JSON.stringify(asked).match(/- look \{/g)?.length ?? 0;
  const done = listed + request.turns.slice(at).filter((turn) => turn.type === "step").length;
  if (page && done < Number(page[2]))
    return [{ type: "tool-call", id: `call_${done}`, name: "look", input: { page: page[1] ?? "" } }];
  return signed("Good.");
}

/** What the person said last: the house's own words are not it. */
function wordsIn(content: readonly UserBlock[]): string {
  return content.findLast((block): block is TextBlock => block.type === "text" && !block.house)?.text ?? "";
}

/** The same store, which forgets what code has copied into the notes. */
function withoutNotes(store: Store): Store {
  return {
    ...store,
    commit: (writes, options) =>
      store.commit(
        writes.map((write) => {
          if (write.type !== "entry" || write.entry.body.type !== "event") return write;
          const { notes: _, ...body } = write.entry.body;
          Object.assign(write.entry, { body });
          return write;
        }),
        options,
      ),
  };
}
