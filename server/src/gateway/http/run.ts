// A run that a request asks for and waits for: its words as they come, and its end.
import type { InboundMessage, Outcome, RunEvent, Usage } from "@homarus/sdk";
import { noUsage } from "@homarus/sdk";
import type { Door } from "../door.ts";
import { faultText } from "../runs/tell.ts";

export interface RunWatcher {
  /** New words. What a repeated step says again is left out. */
  text?(delta: string): void;
  thinking?(delta: string): void;
  event?(event: RunEvent): void;
}

export interface RunResult {
  readonly outcome: Outcome;
  /** Whole words of the answer; empty where there was none. */
  readonly text: string;
  /** Undefined when all went well. */
  readonly problem: string | undefined;
  readonly usage: Usage;
  readonly model: string;
}

/**
 * Hands the message to the house and resolves with its end. Rejects with the house's Fault when it could not be taken.
 * `signal` stops the run: the reader has gone.
 */
export async function runOver(
  door: Door,
  message: InboundMessage,
  watcher: RunWatcher,
  signal?: AbortSignal,
): Promise<RunResult> {
  const runId = message.options?.runId ?? message.id;
  const facts = { usage: noUsage, model: "" };
  const { unwatch, said } = watchRun(door, runId, {
    ...watcher,
    event(event) {
      watcher.event?.(event);
      if (event.type === "run-start") facts.model = event.model;
      if (event.type === "run-end") facts.usage = event.usage;
    },
  });
  const stop = (): void => void door.house.runs.abort(message.session ?? "", runId);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const { ended } = await door.house.receive(message);
    if (signal?.aborted) stop();
    const outcome = await ended;
    return { outcome, ...endOf(outcome, said()), ...facts };
  } finally {
    unwatch();
    signal?.removeEventListener("abort", stop);
  }
}

/** Tells the watcher of one run, from now on. */
export function watchRun(
  door: Door,
  runId: string,
  watcher: RunWatcher,
): { readonly unwatch: () => void; readonly said: () => string } {
  const words = new Words();
  const unwatch = door.house.watch((event) => {
    if (!("runId" in event) || event.runId !== runId) return;
    watcher.event?.(event);
    if (event.type === "thinking-delta") watcher.thinking?.(event.text);
    const fresh = words.hear(event);
    if (fresh !== "") watcher.text?.(fresh);
  });
  return { unwatch, said: () => words.said };
}

function endOf(outcome: Outcome, said: string): Pick<RunResult, "text" | "problem"> {
  switch (outcome.type) {
    case "replied":
      return { text: outcome.text, problem: undefined };
    case "steered":
      return { text: "", problem: undefined };
    case "refused":
      return { text: outcome.reply ?? "", problem: outcome.reply === undefined ? outcome.reason : undefined };
    case "failed":
      return { text: said, problem: faultText(outcome.fault) };
  }
}

/** The words of a run in a row. A step that is tried anew says again what was said already. */
class Words {
  said = "";
  #step = "";
  /** What the step had said before it was tried anew. */
  #before = "";

  hear(event: RunEvent): string {
    if (event.type === "fault") {
      this.#before = this.#step.length > this.#before.length ? this.#step : this.#before;
      this.#step = "";
      return "";
    }
    if (event.type === "step-end") {
      this.#step = "";
      this.#before = "";
      return "";
    }
    if (event.type !== "text-delta") return "";
    return this.#add(event.text);
  }

  #add(text: string): string {
    const isFirst = this.#step === "" && this.#before === "";
    const from = this.#step.length;
    this.#step += text;
    const known = this.#before.startsWith(this.#step) || this.#step.startsWith(this.#before);
    const skipped = known ? Math.min(text.length, Math.max(0, this.#before.length - from)) : 0;
    const gap = isFirst && this.said !== "" ? "\n\n" : "";
    const fresh = text.slice(skipped);
    if (fresh === "") return "";
    this.said += gap + fresh;
    return gap + fresh;
  }
}
