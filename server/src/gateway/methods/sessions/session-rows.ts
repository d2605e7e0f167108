// Sessions as rows of `sessions.list` and items of `sessions.preview`. Pure.
// Source: recorded answers of releases 2026.2.17 and 2026.5.7.
import { type Entry, type Session, textOf } from "@homarus/sdk";
import type { OfferedModel } from "../../house.ts";

/** Tokens that a model (`provider/model`) reads; undefined where unknown. */
export function contextTokens(model: string, models: readonly OfferedModel[]): number | undefined {
  return models.find((item) => `${item.provider}/${item.id}` === model)?.contextTokens;
}

export function splitModel(model: string): { modelProvider: string | null; model: string | null } {
  const slash = model.indexOf("/");
  if (slash < 0) return { modelProvider: null, model: model === "" ? null : model };
  return { modelProvider: model.slice(0, slash), model: model.slice(slash + 1) };
}

export interface RowFacts {
  readonly model: string;
  readonly contextTokens: number | undefined;
  /** Ids of the runs that go on in it. */
  readonly runIds: readonly string[];
}

export function sessionRow(session: Session, facts: RowFacts) {
  const { input, output, cacheRead, cacheWrite } = session.usage;
  return {
    key: session.key,
    kind: kindOf(session.key),
    ...(session.label === undefined ? {} : { label: session.label, displayName: session.label }),
    ...(session.last === undefined
      ? {}
      : { channel: session.last.channel, lastChannel: session.last.channel, lastTo: session.last.place }),
    updatedAt: session.updatedAt,
    sessionId: session.id,
    abortedLastRun: false,
    ...(session.thinking === undefined ? {} : { thinkingLevel: session.thinking }),
    ...(session.parent === undefined ? {} : { spawnedBy: session.parent, parentSessionKey: session.parent }),
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output + cacheRead + cacheWrite,
    // Of the session's whole life: how full the model's window is, they do not tell.
    totalTokensFresh: false,
    ...(facts.model === "" ? {} : splitModel(facts.model)),
    ...(facts.contextTokens === undefined ? {} : { contextTokens: facts.contextTokens }),
    hasActiveRun: facts.runIds.length > 0,
    activeRunIds: facts.runIds,
  };
}

export function kindOf(key: string): "direct" | "group" {
  return /:(group|channel):/.test(key) ? "group" : "direct";
}

export interface PreviewItem {
  readonly role: "user" | "assistant" | "tool" | "system";
  readonly text: string;
}

/** The newest entries that have words, oldest first, each on one line and cut. */
export function previewItems(entries: readonly Entry[], limit: number, maxChars: number): PreviewItem[] {
  const items = entries.flatMap((entry) => {
    const item = previewItem(entry);
    const text = item && oneLine(item.text, maxChars);
    return item && text ? [{ role: item.role, text }] : [];
  });
  return items.slice(-limit);
}

function previewItem({ body }: Entry): PreviewItem | undefined {
  if (body.type === "user") return { role: "user", text: textOf(body.content) };
  if (body.type === "tool-result") return { role: "tool", text: textOf(body.result.content) };
  if (body.type === "event") return body.text === undefined ? undefined : { role: "system", text: body.text };
  if (body.type === "tool-start") return undefined;
  const words = textOf(body.content);
  const calls = body.content.flatMap((block) => (block.type === "tool-call" ? [block.name] : []));
  return words !== "" || calls.length === 0
    ? { role: "assistant", text: words }
    : { role: "tool", text: `call ${calls.join(", ")}` };
}

export function oneLine(text: string, maxChars: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= maxChars) return line;
  const cut = line.slice(0, maxChars - 1);
  // A lone first half of a character is no text.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
