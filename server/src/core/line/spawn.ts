// A task for a sub-agent: a message into a session that is begun for it, with the rights and marks of the run that asks. What
// it answers is the result of the call; the call made again after a crash finds the same session and the same message.
import { Fault, type SessionAnswer, type SubAgentWish } from "@homarus/sdk";
import { openSession } from "../sessions/session.ts";
import { type AgentSessionsParts, answerOf, narrowed, type Standpoint, saidTo, within } from "./between-sessions.ts";
import { shutdownCode } from "./runs.ts";

/** Sub-agents of one session that work at the same time. */
const mostAtOnce = 5;
/** And of the whole house: those of sub-agents count too. */
const mostInHouse = 20;
/** Beyond its own time a sub-agent may wait for a person or for its turn; then nobody waits for it any more. */
const patienceMs = 60_000;

export function createSpawn(parts: AgentSessionsParts) {
  const going = new Map<string, number>();
  return async (wish: SubAgentWish, from: Standpoint): Promise<SessionAnswer> => {
    const count = going.get(from.sessionKey) ?? 0;
    const all = [...going.values()].reduce((sum, one) => sum + one, 0);
    if (count >= mostAtOnce || all >= mostInHouse)
      throw new Fault("limited", "session.too-many", `${Math.max(count, all)} sub-agents work already.`, {
        hint: "Wait for one of them to answer, then give the next task; or do this one yourself.",
      });
    going.set(from.sessionKey, count + 1);
    try {
      return await workedOn(wish, from, parts);
    } finally {
      const left = (going.get(from.sessionKey) ?? 1) - 1;
      if (left === 0) going.delete(from.sessionKey);
      else going.set(from.sessionKey, left);
    }
  };
}

async function workedOn(wish: SubAgentWish, from: Standpoint, parts: AgentSessionsParts): Promise<SessionAnswer> {
  const { store, clock, signer } = parts;
  const key = `agent:${from.agent}:subagent:${signer.digest(from.callKey).slice(0, 20)}`;
  const label = (wish.label ?? wish.task).replace(/\s+/g, " ").trim().slice(0, 60);
  if (!(await store.session(key))) {
    const session = await openSession(key, from.agent, parts);
    await store.commit([{ type: "session-put", session: { ...session, label: `sub-agent: ${label}` } }]);
  }
  const tools = narrowed(from.only, wish.tools);
  const model = wish.model ?? from.model;
  const { ended } = await parts.receive({
    ...saidTo(key, wish.task, from, clock.now()),
    options: {
      ...{ extraSystem: duty, timeoutMs: wish.timeoutMs },
      ...(model !== undefined && { model }),
      ...(tools && { tools }),
    },
  });
  const outcome = await within(ended, wish.timeoutMs + patienceMs, from.signal, parts);
  from.heard((await store.session(key))?.marks ?? []);
  if (outcome) return answerOf(outcome, key);
  const { reason } = from.signal;
  const isShutdown = reason instanceof Fault && reason.code === shutdownCode;
  // Nobody reads its answer any more; after a shutdown the call is made again, and finds it where it was.
  if (from.signal.aborted && !isShutdown) parts.runs.abort(key);
  return { type: "running", key };
}

const duty =
  "You are a sub-agent: another session of yours gave you this one task. Do it alone and to its end, and answer with the " +
  "result, complete and in itself understandable: nothing else of this conversation is read, and nobody answers questions.";
