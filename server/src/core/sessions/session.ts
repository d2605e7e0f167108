// The row of a Session: begun when its key is first used, begun again by a reset.
import { type Clock, noUsage, type Session, type Store } from "@homarus/sdk";

export interface SessionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The session of a key, or one begun just now; nothing is written. */
export async function openSession(key: string, agent: string, parts: SessionParts): Promise<Session> {
  return (await parts.store.session(key)) ?? newSession(key, agent, { id: parts.newId(), now: parts.clock.now() });
}

/** Starts a fresh log under the same key; settings of the session stay. */
export async function resetSession(key: string, agent: string, parts: SessionParts): Promise<Session> {
  const found = await parts.store.session(key);
  const fresh = newSession(key, found?.agent ?? agent, { id: parts.newId(), now: parts.clock.now() });
  const { label, model, thinking, persona } = found ?? {};
  const session: Session = {
    ...fresh,
    ...(label && { label }),
    ...(model && { model }),
    ...(thinking && { thinking }),
    ...(persona && { persona }),
  };
  await parts.store.commit([{ type: "session-put", session }]);
  return session;
}

export function newSession(key: string, agent: string, start: { readonly id: string; readonly now: number }): Session {
  return { key, id: start.id, agent, createdAt: start.now, updatedAt: start.now, usage: noUsage };
}
