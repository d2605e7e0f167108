// Session: one conversation of one Agent, an append-only log of entries from which the prompt is rebuilt.
import type { Json, StepBlock, ToolResultBlock, UserBlock } from "./content.ts";
import type { FaultData } from "./errors.ts";
import type { Peer, Place, ThinkingLevel } from "./message.ts";
import type { Mark } from "./provenance.ts";

/** Tokens, as the vendor counted them. `input` excludes what came from or went to the vendor's cache. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

export interface Session {
  /** Stable name, for example `agent:main:main` or `agent:main:telegram:group:-100`. */
  readonly key: string;
  /** Changes at each reset: the log of entries belongs to the id. */
  readonly id: string;
  readonly agent: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly label?: string;
  /** `provider/model` chosen by hand; never silently changed. */
  readonly model?: string;
  readonly thinking?: ThinkingLevel;
  /** Added to the system prompt. */
  readonly persona?: string;
  /** Where the last message came from, so that the house can speak up unasked. */
  readonly last?: {
    readonly channel: string;
    readonly account: string;
    readonly place: string;
    readonly type?: Place["type"];
    readonly topic?: string;
  };
  readonly title?: string;
  /** Key of the session that started this one. */
  readonly parent?: string;
  /** Seq of the first entry that the model still reads; absent: from the beginning. What the log's cuts came to. */
  readonly readFrom?: number;
  /** Whose words it holds beside the owner's and the house's; only a fresh start takes them away. */
  readonly marks?: readonly Mark[];
  readonly usage: Usage;
}

/** Why a model ended a step. `aborted`: the step was cut and holds what had come by then. */
export type StopReason = "end" | "tool-calls" | "length" | "refused" | "aborted";

/** One line of the log. `seq` counts from 1 without a gap within a session id. */
export interface Entry {
  readonly seq: number;
  /** Unix ms. */
  readonly at: number;
  /** The run that wrote it; absent for entries outside a run. */
  readonly runId?: string;
  readonly body: EntryBody;
}

export type EntryBody =
  | {
      readonly type: "user";
      readonly content: readonly UserBlock[];
      readonly from?: EntrySource;
      /** What the house says to the model with these words: the time and the place. */
      readonly note?: string;
    }
  | {
      readonly type: "step";
      readonly content: readonly StepBlock[];
      readonly provider: string;
      readonly model: string;
      readonly stopReason: StopReason;
      readonly usage: Usage;
    }
  /** Committed before a tool runs: after a crash it says that the call may have had its effect. */
  | { readonly type: "tool-start"; readonly callId: string; readonly name: string }
  /** `input`: what the call was made with, where a person changed what the model wanted. */
  | {
      readonly type: "tool-result";
      readonly result: ToolResultBlock;
      readonly durationMs: number;
      readonly input?: Json;
    }
  /**
   * What the house notes in the log: a stop, a fault, a note injected by a program. With `keptFrom` a cut: from here on
   * the model reads only entries of that seq and later ones, and of those before what `summary` and `notes` say. Nothing is
   * taken out of the log; a later cut may reach further back again.
   */
  | {
      readonly type: "event";
      readonly event: string;
      readonly text?: string;
      readonly fault?: FaultData;
      readonly keptFrom?: number;
      /** Notes on the entries before `keptFrom`, and what was taken over from them word for word. */
      readonly summary?: string;
      readonly notes?: readonly KeptNote[];
      /** What was said earlier about the words before it, for the model to read, and in which entries. */
      readonly note?: string;
      readonly recalled?: readonly number[];
      /** From here on results of tools are shown shortened; each event of this kind replaces the one before. */
      readonly trim?: Trim;
    };

/** Results of tools before these seqs: `soft` to their head and tail, `hard` to one line, `media` without pictures. */
export interface Trim {
  readonly soft: number;
  readonly hard: number;
  readonly media: number;
  /** Characters of any one text, where even the newest ones must be cut. */
  readonly cap?: number;
}

/** Something of the log that outlives a cut of it, copied by code and not by a model. */
export interface KeptNote {
  readonly about: "instruction" | "decision" | "ask" | "failure" | "name" | "file-read" | "file-changed";
  readonly text: string;
  /** Of the entry it was taken from. */
  readonly seq: number;
  /** Unix ms. */
  readonly at: number;
  /** Who said it. */
  readonly by?: string;
}

export interface EntrySource {
  readonly channel: string;
  readonly messageId: string;
  readonly peer: Peer;
  /** Absent where a person or a program of the owner said it. */
  readonly origin?: "job" | "hook" | "agent";
  /** From where to where in the first text the owner's own words go; absent where nothing is known to be theirs. */
  readonly own?: readonly [from: number, to: number];
}

/** The event that says: the step before it broke off after it was shown, and the next goes on from it. */
export const continuedEvent = "answer-continued";

/** The event whose text the model reads as the house's own words. */
export const noteEvent = "house-note";

/** What the model is told of a call that was cut by a crash. */
export const interruptedText =
  "This call was interrupted by a restart of the house. Whether it took effect is unknown: check before you repeat it.";

/** What an entry says in words, and who says it; undefined where it says nothing that anybody would search for. */
export function wordsOf(
  body: EntryBody,
): { readonly role: "user" | "agent" | "tool"; readonly text: string } | undefined {
  const role = body.type === "user" ? "user" : body.type === "step" ? "agent" : "tool";
  const blocks = body.type === "tool-result" ? body.result.content : "content" in body ? body.content : [];
  const text = blocks.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
  return text.trim() === "" ? undefined : { role, text };
}

export const noUsage: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
  };
}
