// sessions.*: list, look into, find, change, reset and delete the house's sessions.
import { type Session, type SessionFilter, type ThinkingLevel, textOf } from "@homarus/sdk";
import { defaultAgent } from "../../default-agent.ts";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import { thinkingLevel } from "../../runs/inbound.ts";
import type { Protocol } from "../../wire.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { contextTokens, oneLine, previewItems, sessionRow, splitModel } from "./session-rows.ts";
import type * as params from "./shapes.ts";

type ListParams = ParamsOf<typeof params.sessionsList>;

async function list(input: ListParams, { door }: Call): Promise<unknown> {
  const { house } = door;
  const now = door.clock.now();
  const [{ shown, total }, models] = await Promise.all([page(door, input, now), house.models()]);
  const running = Map.groupBy(house.runs.active(), (run) => run.sessionKey);
  const fallback = defaultModel(door);
  const sessions = await Promise.all(
    shown.map(async (session) => {
      const model = session.model ?? fallback;
      const runIds = (running.get(session.key) ?? []).map((run) => run.runId);
      const facts = { model, contextTokens: contextTokens(model, models), runIds };
      return { ...sessionRow(session, facts), ...(await words(door, session, input)) };
    }),
  );
  return {
    ts: now,
    path: house.stateFolder,
    count: sessions.length,
    totalCount: total,
    hasMore: (input.offset ?? 0) + sessions.length < total,
    defaults: { ...splitModel(fallback), contextTokens: contextTokens(fallback, models) ?? null },
    sessions,
  };
}

/** The store turns to the page by itself; words are looked for here, where upper and lower case are those of Unicode. */
async function page(door: Door, input: ListParams, now: number) {
  const { store } = door.house;
  // Here no session is put away, and none has a board.
  if (input.archived === true || input.boardFace === "dashboard") return { shown: [], total: 0 };
  const filter: SessionFilter = {
    ...(input.agentId === undefined ? {} : { agent: input.agentId }),
    ...(input.spawnedBy === undefined ? {} : { parent: input.spawnedBy }),
    ...(input.label === undefined ? {} : { label: input.label }),
    ...(input.activeMinutes === undefined ? {} : { since: now - input.activeMinutes * 60_000 }),
  };
  const { offset = 0, limit } = input;
  const search = input.search?.trim().toLowerCase();
  if (search) {
    const found = (await store.sessions(filter)).filter((session) => holds(session, search));
    return { shown: found.slice(offset, limit === undefined ? undefined : offset + limit), total: found.length };
  }
  const place = { offset, ...(limit === undefined ? {} : { limit }) };
  const [shown, total] = await Promise.all([store.sessions({ ...filter, ...place }), store.sessionCount(filter)]);
  return { shown, total };
}

function holds({ key, label, title, id }: Session, search: string): boolean {
  return [key, label, title, id].some((text) => text?.toLowerCase().includes(search));
}

const titleChars = 60;
const previewChars = 120;

/** Title and last words, where they are asked for: they cost a read each. */
async function words(door: Door, session: Session, input: ListParams) {
  const { store } = door.house;
  const isTitleMissing = input.includeDerivedTitles === true && session.title === undefined;
  if (!isTitleMissing && input.includeLastMessage !== true)
    return input.includeDerivedTitles ? { derivedTitle: session.title } : {};
  const [oldest, newest] = await Promise.all([
    isTitleMissing ? store.entries(session.id, { first: 10 }) : [],
    input.includeLastMessage === true ? store.entries(session.id, { last: 10 }) : [],
  ]);
  const first = oldest.find((entry) => entry.body.type === "user")?.body;
  const title = session.title ?? (first?.type === "user" ? oneLine(textOf(first.content), titleChars) : "");
  const last = previewItems(newest, 10, previewChars).findLast(
    (item) => item.role === "user" || item.role === "assistant",
  );
  return {
    ...(input.includeDerivedTitles && title !== "" ? { derivedTitle: title } : {}),
    ...(input.includeLastMessage && last ? { lastMessagePreview: last.text } : {}),
  };
}

const previewedKeys = 64;

async function preview(input: ParamsOf<typeof params.sessionsPreview>, { door }: Call): Promise<unknown> {
  const { store, sessions } = door.house;
  const limit = input.limit ?? 12;
  const previews = input.keys.slice(0, previewedKeys).map(async (key) => {
    const session = await store.session(sessions.resolveKey(key));
    if (!session) return { key, status: "missing", items: [] };
    const items = previewItems(await store.entries(session.id, { last: limit * 2 }), limit, input.maxChars ?? 240);
    return { key, status: items.length === 0 ? "empty" : "ok", items };
  });
  return { ts: door.clock.now(), previews: await Promise.all(previews) };
}

async function resolve(input: ParamsOf<typeof params.sessionsResolve>, { door, caller }: Call): Promise<unknown> {
  const asked = [input.key, input.sessionId, input.label].filter((value) => value !== undefined);
  if (asked.length === 0) throw invalid("one of key, sessionId or label is required");
  if (asked.length > 1) throw invalid("only one of key, sessionId or label may be given");
  const { store, sessions } = door.house;
  if (input.key !== undefined) {
    const session = await store.session(sessions.resolveKey(input.key, input.agentId));
    if (!session) throw invalid(`No session found: ${input.key}`);
    return resolved(session, caller.protocol);
  }
  const found = await store.sessions({
    ...(input.agentId === undefined ? {} : { agent: input.agentId }),
    ...(input.sessionId === undefined ? { label: input.label ?? "" } : { id: input.sessionId }),
  });
  const [only] = found;
  if (!only) throw invalid(`No session found: ${asked[0]}`);
  if (found.length > 1) throw invalid(`Several sessions match: ${found.map((session) => session.key).join(", ")}`);
  return resolved(only, caller.protocol);
}

function resolved({ key, agent }: Session, protocol: Protocol) {
  return protocol === 4 ? { ok: true, key, agentId: agent } : { ok: true, key };
}

type PatchParams = ParamsOf<typeof params.sessionsPatch>;

/** Fields this house can change; others may only be cleared, which changes nothing. */
const changeable = new Set([
  ...["key", "agentId", "label", "model", "thinkingLevel", "spawnedBy"],
  ...["expectedSessionId", "expectedSessionUpdatedAt"],
]);

type Expected = Pick<PatchParams, "expectedSessionId" | "expectedSessionUpdatedAt">;

/** A client decided by what it saw: when that is no longer so, it must look again. */
async function refuseChanged({ house }: Door, key: string, expected: Expected): Promise<void> {
  const { expectedSessionId, expectedSessionUpdatedAt } = expected;
  if (expectedSessionId === undefined && expectedSessionUpdatedAt === undefined) return;
  const session = await house.store.session(key);
  const isSame =
    (expectedSessionId === undefined || session?.id === expectedSessionId) &&
    (expectedSessionUpdatedAt === undefined || session?.updatedAt === expectedSessionUpdatedAt);
  if (isSame) return;
  throw invalid(`session changed since you looked: ${key}; look again and repeat`, {
    ...{ code: "SESSION_CHANGED", sessionId: session?.id ?? null },
  });
}

async function patch(input: PatchParams, { door }: Call): Promise<unknown> {
  for (const [field, value] of Object.entries(input)) {
    if (!changeable.has(field) && value !== null) throw invalid(`${field} is not supported by this gateway`);
  }
  const { sessions } = door.house;
  const key = sessions.resolveKey(input.key, input.agentId);
  await refuseChanged(door, key, input);
  if (typeof input.label === "string") await refuseTaken(door, key, input.label);
  const session = await sessions.patch(key, {
    ...(input.label === undefined ? {} : { label: input.label }),
    ...(input.model === undefined ? {} : { model: input.model }),
    ...(input.spawnedBy === undefined ? {} : { parent: input.spawnedBy }),
    ...(input.thinkingLevel === undefined ? {} : { thinking: levelOrClear(input.thinkingLevel) }),
  });
  const resolved = splitModel(session.model ?? defaultModel(door));
  return { ok: true, path: door.house.stateFolder, key, entry: entryOf(session), resolved };
}

function levelOrClear(level: string | null): ThinkingLevel | null {
  return level === null ? null : (thinkingLevel(level) ?? null);
}

async function refuseTaken(door: Door, key: string, label: string): Promise<void> {
  const named = await door.house.store.sessions({ label });
  if (named.some((session) => session.key !== key)) throw invalid(`label already in use: ${label}`);
}

function entryOf(session: Session) {
  const { modelProvider, model } = splitModel(session.model ?? "");
  return {
    sessionId: session.id,
    updatedAt: session.updatedAt,
    ...(session.label === undefined ? {} : { label: session.label }),
    ...(session.thinking === undefined ? {} : { thinkingLevel: session.thinking }),
    ...(session.model === undefined ? {} : { providerOverride: modelProvider, modelOverride: model }),
  };
}

async function reset(input: ParamsOf<typeof params.sessionsReset>, { door }: Call): Promise<unknown> {
  const key = door.house.sessions.resolveKey(input.key, input.agentId);
  door.house.runs.abort(key);
  const session = await door.house.sessions.reset(key);
  return { ok: true, key, entry: entryOf(session) };
}

async function remove(input: ParamsOf<typeof params.sessionsDelete>, { door }: Call): Promise<unknown> {
  const { sessions, runs } = door.house;
  const key = sessions.resolveKey(input.key, input.agentId);
  if (key === sessions.resolveKey("main")) throw invalid(`Cannot delete the main session (${key}).`);
  await refuseChanged(door, key, input);
  runs.abort(key);
  const deleted = await sessions.remove(key);
  return { ok: true, key, deleted, archived: [] };
}

/** The log as JSON lines, one transcript line each. */
async function exportLog(input: ParamsOf<typeof params.sessionsExport>, { door }: Call): Promise<unknown> {
  const key = door.house.sessions.resolveKey(input.key);
  return { ok: true, key, lines: await door.house.sessions.exportLines(key) };
}

async function importLog(input: ParamsOf<typeof params.sessionsImport>, { door }: Call): Promise<unknown> {
  const key = door.house.sessions.resolveKey(input.key);
  return { ok: true, key, ...(await door.house.sessions.importLines(key, input.text)) };
}

function defaultModel(door: Door): string {
  return defaultAgent(door.house.agents())?.model ?? "";
}

export const handlers: Group["handlers"] = {
  "sessions.list": list,
  "sessions.preview": preview,
  "sessions.resolve": resolve,
  "sessions.patch": patch,
  "sessions.reset": reset,
  "sessions.delete": remove,
  "sessions.export": exportLog,
  "sessions.import": importLog,
};
