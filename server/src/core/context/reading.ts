// What a run's model reads, step by step: the log cut to the window before each call. Cheap means first (results of tools
// shortened), then notes on the beginning, then force; and after a refusal the same again with clearly less room.
import {
  type Clock,
  type Entry,
  type EntryBody,
  Fault,
  type ModelInfo,
  type ModelRequest,
  type RunEventBody,
  textOf,
  type Usage,
} from "@homarus/sdk";
import { compact, type MemoryLine } from "./compact.ts";
import { inputOf, type Rates } from "./learn.ts";
import { nextTrim, squeezed } from "./prune.ts";
import type { Recalled, RecallParts } from "./recall.ts";
import { groupsOf } from "./record.ts";
import { type ContextSettings, sharesOf, type Window, windowOf } from "./settings.ts";
import { type Standing, standingOf } from "./standing.ts";
import type { SummaryParts } from "./summary.ts";
import { shapeOf, type View, type Viewer, viewerFor } from "./view.ts";
import { addWeight, type Weight, weighText } from "./weigh.ts";

export interface ReadingParts {
  /** The newest entries of the log, those of this run included. */
  readonly entries: () => readonly Entry[];
  /** Older ones, after a seq. */
  readonly older: (after: number, first: number) => Promise<readonly Entry[]>;
  readonly commit: (bodies: readonly EntryBody[]) => Promise<void>;
  readonly runId?: string;
  readonly facts: (choice: Choice) => ModelInfo | undefined;
  readonly settings: ContextSettings;
  /** Characters of history that the owner allows; undefined where nothing but the window counts. */
  readonly historyChars?: number | undefined;
  readonly request: Pick<ModelRequest, "system" | "tools">;
  readonly rates: Rates;
  /** Asks for notes; the window is that of the model that writes them. */
  readonly notes: Notes;
  /** Looks up what is out of view; absent where nothing is to come back. */
  readonly recall?: ((message: string, wish: RecallWish) => Promise<Recalled | undefined>) | undefined;
  readonly remember?: ((lines: readonly MemoryLine[]) => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly failed: (event: string, fault: Fault) => void;
}

export interface Notes {
  readonly windowTokens: number | undefined;
  readonly ask: NonNullable<SummaryParts["ask"]>;
}

export type RecallWish = Pick<RecallParts, "isOut" | "chars">;

export interface Choice {
  readonly provider: string;
  readonly model: string;
}

/** What a request may say, and about how many tokens the whole of it has. */
export interface Readable {
  readonly say: Pick<ModelRequest, "turns" | "maxOutputTokens">;
  readonly tokens: number;
}

export interface Reading {
  /**
   * What the next request of this model may say. Throws an `overflow` Fault when even the newest words are too long for
   * it.
   */
  next(choice: Choice): AsyncGenerator<RunEventBody, Readable>;
  /** The vendor has counted the last request. */
  counted(usage: Usage): void;
  /** The vendor refused the last request as too long: true when the next one will be clearly shorter. */
  refused(): boolean;
  /** Makes notes of all but the newest part, whether it is needed or not. Undefined when there was nothing to do. */
  shorten(choice: Choice, focus?: string): Promise<{ readonly before: number; readonly after: number } | undefined>;
}

const mostRefusals = 3;
/** Each attempt after a refusal reads at most this part of the one before. */
const afterRefusal = 0.65;
/** Tokens of a record that are read at once, however large the window. */
const largestPiece = 24_000;
const smallestPiece = 1_000;

export const shorteningText =
  "This conversation has grown long: I am putting its earlier part into notes before I go on.";

export function openReading(parts: ReadingParts): Reading {
  const state: State = { refusals: 0 };
  return {
    async *next(choice) {
      const desk = await openDesk(choice, state, parts);
      yield* fit(desk);
      await bringBack(desk, state);
      const view = desk.look();
      const tokens = desk.tokens(view);
      state.last = { name: desk.name, facts: desk.facts, weight: desk.whole(view), tokens };
      const isTooLong = tokens > (state.refusals > 0 ? desk.limit + desk.shares.recall : desk.window.tokens);
      if (isTooLong) {
        // There is nothing left to shorten.
        state.refusals = mostRefusals;
        throw tooLong(desk, tokens);
      }
      return { say: { turns: view.turns(), ...outputLimit(desk, tokens) }, tokens };
    },
    counted(usage) {
      const { last } = state;
      if (!last) return;
      parts.rates.counted(last.name, last.weight, usage);
      const { contextTokens = Number.POSITIVE_INFINITY } = last.facts ?? {};
      // It answered and may have read only a part: the next request is measured by this count.
      if (inputOf(usage) > contextTokens) parts.failed("context.silent-overflow", silentOverflow(last.name, usage));
      state.anchor = anchorOf(last, usage, parts.rates);
    },
    refused() {
      const { last } = state;
      state.refusals += 1;
      if (!last || state.refusals > mostRefusals) return false;
      parts.rates.refused(last.name, last.tokens, last.facts?.contextTokens !== undefined);
      state.limit = Math.floor(last.tokens * afterRefusal);
      return true;
    },
    async shorten(choice, focus) {
      const desk = await openDesk(choice, state, parts);
      const before = desk.tokens(desk.look());
      const most = (before - desk.fixedTokens) * 0.3;
      const done = await makeNotes(desk, { keepTokens: Math.min(desk.shares.recent, most), focus });
      return done ? { before: Math.round(before), after: Math.round(desk.tokens(desk.look())) } : undefined;
    },
  };
}

interface Counted {
  readonly name: string;
  readonly weight: Weight;
  /** As they were estimated, or as the vendor counted them. */
  readonly tokens: number;
}

interface State {
  refusals: number;
  /** Seq of the words that were looked up last. */
  lookedUp?: number;
  limit?: number;
  last?: Counted & { readonly facts: ModelInfo | undefined };
  anchor?: Counted | undefined;
  viewer?: { readonly input: number; readonly viewer: Viewer };
}

/** Everything one look at the log needs. */
interface Desk {
  readonly name: string;
  readonly facts: ModelInfo | undefined;
  readonly parts: ReadingParts;
  readonly window: Window;
  /** Tokens that may be read, what may be brought back not counted. */
  readonly limit: number;
  readonly fixedTokens: number;
  readonly shares: ReturnType<typeof sharesOf>;
  readonly viewer: Viewer;
  readonly standing: () => Standing;
  readonly look: () => View;
  readonly whole: (view: View) => Weight;
  readonly tokens: (view: View) => number;
  readonly tokensOf: (weight: Weight) => number;
  /** 1 is as much as may be read. */
  readonly fullness: () => number;
}

async function openDesk({ provider, model }: Choice, state: State, parts: ReadingParts): Promise<Desk> {
  const { rates, settings, entries, historyChars } = parts;
  const name = `${provider}/${model}`;
  await rates.load(name);
  const facts = parts.facts({ provider, model });
  const window = windowOf(facts, settings, rates.limit(name));
  const most = Math.min(window.input, state.limit ?? window.input);
  if (state.viewer?.input !== window.input)
    state.viewer = { input: window.input, viewer: viewerFor(shapeOf(window.input, settings)) };
  const { viewer } = state.viewer;
  const fixed = fixedWeight(parts.request);
  const tokensOf = (weight: Weight): number => rates.tokensOf(name, weight);
  const shares = sharesOf({ ...window, input: most }, tokensOf(fixed), settings);
  const limit = most - (parts.recall ? shares.recall : 0);
  const standing = (): Standing => standingOf(entries());
  // The log only grows: as long as it is, it looks the same.
  let seen: { readonly count: number; readonly view: View } | undefined;
  const look = (): View => {
    const count = entries().length;
    if (seen?.count !== count) seen = { count, view: viewer.view(entries(), standing(), parts.runId) };
    return seen.view;
  };
  const whole = (view: View): Weight => addWeight(fixed, view.weight);
  state.anchor ??= loggedAnchor({ provider, model }, { viewer, standing: standing(), fixed }, parts);
  const tokens = (view: View): number => estimate(whole(view), name, state.anchor, tokensOf);
  return {
    ...{ name, facts, parts, window, limit, viewer, standing, look, whole, tokens, tokensOf },
    fixedTokens: tokensOf(fixed),
    shares,
    fullness() {
      const view = look();
      return Math.max(tokens(view) / limit, view.weight.chars / (historyChars ?? Number.POSITIVE_INFINITY));
    },
  };
}

/** What the vendor counted last, and an estimate of what was added or taken away since. */
function estimate(
  weight: Weight,
  name: string,
  anchor: Counted | undefined,
  tokensOf: (weight: Weight) => number,
): number {
  const plain = tokensOf(weight);
  if (anchor?.name !== name) return plain;
  return Math.max(plain / 2, anchor.tokens + plain - tokensOf(anchor.weight));
}

function anchorOf({ name, weight }: Counted, usage: Usage, rates: Rates): Counted | undefined {
  const tokens = inputOf(usage);
  const expected = rates.tokensOf(name, weight);
  // A count that has nothing to do with the text (a server that reports none, a cache that is not counted) is no help.
  return tokens > expected / 2 && tokens < expected * 2 ? { name, weight, tokens } : undefined;
}

/** The count of the last step of an earlier run, where it stands for what is read now. */
function loggedAnchor(
  { provider, model }: Choice,
  { viewer, standing, fixed }: { readonly viewer: Viewer; readonly standing: Standing; readonly fixed: Weight },
  parts: ReadingParts,
): Counted | undefined {
  const entries = parts.entries();
  const step = entries.findLast(({ body }) => body.type === "step" && inputOf(body.usage) > 0);
  if (step?.body.type !== "step" || step.seq < standing.changedAt) return undefined;
  if (step.body.provider !== provider || step.body.model !== model) return undefined;
  const before = entries.filter(({ seq }) => seq < step.seq);
  const weight = addWeight(fixed, viewer.view(before, standing, step.runId).weight);
  return anchorOf({ name: `${provider}/${model}`, weight, tokens: 0 }, step.body.usage, parts.rates);
}

const toolWeights = new WeakMap<object, Weight>();

function fixedWeight({ system, tools }: Pick<ModelRequest, "system" | "tools">): Weight {
  const known = toolWeights.get(tools) ?? weighText(tools.length > 0 ? JSON.stringify(tools) : "");
  toolWeights.set(tools, known);
  return addWeight(known, weighText(`${system.stable}${system.volatile}`));
}

async function* fit(desk: Desk): AsyncGenerator<RunEventBody, void> {
  const { parts } = desk;
  const { settings } = parts;
  const trim = nextTrim({
    ...{ entries: readEntries(desk), trim: desk.standing().trim, viewer: desk.viewer, settings },
    ...{ fullness: desk.fullness(), tokensOf: desk.tokensOf, windowTokens: desk.limit },
  });
  if (trim) await parts.commit([{ type: "event", event: "trim", trim }]);
  if (desk.fullness() > 1 || hasHidden(desk)) {
    yield { type: "progress", about: "compaction", text: shorteningText };
    await makeNotes(desk, { keepTokens: desk.shares.recent });
  }
  if (desk.fullness() > 1) {
    const next = squeezed(readEntries(desk), desk.standing().trim, capFor(desk));
    await parts.commit([{ type: "event", event: "trim", trim: next }]);
  }
  if (desk.fullness() > 1) await makeNotes(desk, { keepTokens: 0, isUrgent: true });
}

/** What the newest words of the run ask about, where it is not read anyway; once for each. */
async function bringBack({ parts, standing, shares, name }: Desk, state: State): Promise<void> {
  const entries = parts.entries();
  const asked = entries.findLast(({ runId, body }) => runId === parts.runId && body.type === "user");
  if (!parts.recall || parts.runId === undefined || asked?.body.type !== "user" || state.lookedUp === asked.seq) return;
  state.lookedUp = asked.seq;
  const { keptFrom, trim } = standing();
  const from = Math.max(keptFrom, entries[0]?.seq ?? 1);
  const notes = entries.flatMap(({ seq, body }) => (body.type === "event" && body.recalled ? [{ seq, body }] : []));
  const isDone = notes.some(({ seq }) => seq > asked.seq);
  if (isDone || (from <= 1 && trim.soft === 0)) return;
  const shown = new Set(
    notes.flatMap(({ seq, body }) => (seq >= Math.max(from, trim.soft) ? (body.recalled ?? []) : [])),
  );
  const found = await parts.recall(textOf(asked.body.content), {
    chars: shares.recall / parts.rates.tokensPerUnit(name),
    isOut: ({ seq, role }) => (seq < from || (role === "tool" && seq < trim.soft)) && !shown.has(seq),
  });
  if (found) await parts.commit([{ type: "event", event: "recalled", note: found.text, recalled: found.seqs }]);
}

function readEntries(desk: Desk): readonly Entry[] {
  const { keptFrom } = desk.standing();
  return desk.parts.entries().filter(({ seq }) => seq >= keptFrom);
}

/** Entries that nobody has in view and no notes speak of. */
function hasHidden(desk: Desk): boolean {
  const first = desk.parts.entries()[0]?.seq ?? 1;
  return first > Math.max(1, desk.standing().keptFrom);
}

/** Characters of each text of the newest group, so that all of them fit together. */
function capFor(desk: Desk): number {
  const last = groupsOf(readEntries(desk)).at(-1) ?? [];
  const texts = Math.max(1, last.filter(({ body }) => body.type === "tool-result" || body.type === "user").length);
  const room = Math.max(desk.limit - desk.fixedTokens - desk.shares.summary, desk.limit * 0.2);
  return Math.max(300, Math.floor((room * 0.7) / texts / desk.parts.rates.tokensPerUnit(desk.name)));
}

interface Wish {
  readonly keepTokens: number;
  readonly focus?: string | undefined;
  /** No model is asked any more. */
  readonly isUrgent?: boolean;
}

async function makeNotes(desk: Desk, { keepTokens, focus, isUrgent = false }: Wish): Promise<boolean> {
  const { parts, name, shares, viewer, tokensOf } = desk;
  const { entries, older, settings, rates, notes, remember, clock, signal } = parts;
  const isAsked = settings.compaction.enabled && !isUrgent;
  const readable = Math.min(notes.windowTokens ?? desk.window.tokens, desk.window.tokens);
  const body = await compact({
    ...{ entries: entries(), older, standing: desk.standing(), viewer, tokensOf, keepTokens, focus, clock, signal },
    ...(isAsked ? { ask: notes.ask } : {}),
    remember: settings.compaction.memoryFlush ? remember : undefined,
    summaryTokens: isUrgent ? Math.floor(shares.summary / 2) : shares.summary,
    pieceTokens: Math.min(largestPiece, Math.max(smallestPiece, Math.floor(readable * 0.6) - shares.summary)),
    tokensPerUnit: rates.tokensPerUnit(name),
    failed: (fault) => parts.failed("context.compaction", fault),
  });
  if (body) await parts.commit([body]);
  return body !== undefined;
}

/** Where the vendor adds what may be written to what was read, the sum must fit. */
function outputLimit({ facts, window }: Desk, tokens: number): { readonly maxOutputTokens?: number } {
  if (facts?.contextTokens === undefined || facts.outputTokens === undefined) return {};
  if (tokens * 1.05 + facts.outputTokens <= window.tokens) return {};
  const room = Math.floor((window.tokens - tokens * 1.05) / 256) * 256;
  return { maxOutputTokens: Math.max(256, Math.min(room, facts.outputTokens)) };
}

function silentOverflow(name: string, usage: Usage): Fault {
  return new Fault("overflow", "context.silent", `${name} counted ${inputOf(usage)} tokens, more than its window.`);
}

function tooLong({ window, fixedTokens, name }: Desk, tokens: number): Fault {
  const [read, fixed] = [Math.round(tokens), Math.round(fixedTokens)];
  return new Fault(
    "overflow",
    "context.too-long",
    `Even shortened, this is too long for ${name}: about ${read} tokens of ${window.tokens}, ${fixed} of them instructions and tools.`,
    {
      hint: "Send less at once, choose a model with a larger window (/model), allow fewer tools, or begin anew (/new).",
    },
  );
}
