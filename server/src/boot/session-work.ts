// What clients may do to sessions: each waits until no run of that session goes.
import { Fault, noUsage, type Session } from "@homarus/sdk";
import { resetSession } from "../core/line/answer.ts";
import { resolveKey } from "../core/route/route.ts";
import { newSession, openLog } from "../core/sessions/log.ts";
import { transcriptLines } from "../core/sessions/transcript.ts";
import { parseTranscript } from "../core/sessions/transcript-reading.ts";
import type { House } from "../gateway/house.ts";
import type { HouseParts } from "./house-parts.ts";

type SessionWork = House["sessions"];

export function sessionWork(parts: HouseParts): SessionWork {
  return {
    resolveKey: (name, agent) => resolveKey(name, agent ?? parts.routeRules().defaultAgent),
    ...changing(parts),
    ...transcripts(parts),
  };
}

function agentOf(key: string, parts: HouseParts): string {
  return key.split(":")[1] ?? parts.routeRules().defaultAgent;
}

async function openSession(key: string, parts: HouseParts): Promise<Session> {
  const { store, clock } = parts.ground;
  return (await store.session(key)) ?? newSession(key, agentOf(key, parts), { id: parts.newId(), now: clock.now() });
}

function changing(parts: HouseParts): Pick<SessionWork, "patch" | "reset" | "remove"> {
  const { store, clock, tap } = parts.ground;
  const { line } = parts;
  return {
    patch: (key, changes) =>
      line.exclusive(key, async () => {
        const model = changes.model ? parts.models.choose(changes.model) : undefined;
        const named = model ? { model: `${model.provider}/${model.model}` } : {};
        const merged = { ...(await openSession(key, parts)), ...changes, ...named, updatedAt: clock.now() };
        const session = Object.fromEntries(
          Object.entries(merged).filter(([, value]) => value !== null),
        ) as unknown as Session;
        await store.commit([{ type: "session-put", session }]);
        tap.emit({ type: "session-changed", session });
        return session;
      }),
    reset: (key) =>
      line.exclusive(key, async () => {
        const session = await resetSession(key, agentOf(key, parts), { store, clock, newId: parts.newId });
        tap.emit({ type: "session-changed", session });
        return session;
      }),
    async remove(key) {
      if (key === resolveKey("main", agentOf(key, parts))) {
        throw new Fault("denied", "session.main", `Cannot delete the main session (${key}).`, {
          hint: "Reset it instead.",
        });
      }
      return line.exclusive(key, async () => {
        if (!(await store.session(key))) return false;
        await store.commit([{ type: "session-remove", key }]);
        tap.emit({ type: "session-removed", key });
        return true;
      });
    },
  };
}

function transcripts(parts: HouseParts): Pick<SessionWork, "inject" | "exportLines" | "importLines"> {
  const { store, clock, tap } = parts.ground;
  return {
    inject: (key, text, label) =>
      parts.line.exclusive(key, async () => {
        const opened = await openLog(key, agentOf(key, parts), { store, clock, newId: parts.newId, window: 1 });
        const content = [{ type: "text" as const, text: label ? `[${label}]\n\n${text}` : text }];
        const writes = opened.append([
          { type: "step", content, provider: "house", model: "injected", stopReason: "end", usage: noUsage },
        ]);
        await store.commit([opened.change({}), ...writes]);
      }),
    async exportLines(key) {
      const session = await store.session(key);
      if (!session)
        throw new Fault("invalid", "session.unknown", `There is no session ${key}.`, {
          hint: "`homarus sessions list` shows them.",
        });
      return `${[...transcriptLines(session, await store.entries(session.id))].join("\n")}\n`;
    },
    importLines: (key, text) =>
      parts.line.exclusive(key, async () => {
        const entries = parseTranscript(text);
        const session = await openSession(key, parts);
        if ((await store.lastSeq(session.id)) > 0) {
          throw new Fault("invalid", "session.taken", `The session ${key} has a log already.`, {
            hint: "Import under another key, or reset it first.",
          });
        }
        await store.commit([
          { type: "session-put", session },
          ...entries.map((entry) => ({ type: "entry" as const, sessionId: session.id, entry })),
        ]);
        tap.emit({ type: "session-changed", session });
        return { entries: entries.length };
      }),
  };
}
