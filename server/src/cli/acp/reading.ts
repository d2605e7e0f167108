// What is asked of the gateway about agents, sessions, models and commands.
import { wrong } from "./errors.ts";
import type { Link } from "./link.ts";
import type { AgentList, AgentRow, CommandList, History, ModelList, SessionList, SessionRow } from "./wire.ts";

type Asking = Pick<Link, "request">;

/** The agent of that id, or the default one. */
export async function readAgent(link: Asking, wanted: string | undefined): Promise<AgentRow> {
  const { agents, defaultId } = await link.request<AgentList>("agents.list", {});
  const found = agents.find(({ id }) => id === (wanted ?? defaultId));
  if (found) return found;
  throw wrong(`There is no agent "${wanted ?? defaultId}". There are: ${agents.map(({ id }) => id).join(", ")}.`);
}

export async function readModels(link: Asking): Promise<ModelList["models"]> {
  return (await link.request<ModelList>("models.list", {})).models;
}

/** Undefined while the session has no line and no setting. */
export async function readSession(link: Asking, key: string): Promise<SessionRow | undefined> {
  const params = { search: key, includeDerivedTitles: true };
  const { sessions } = await link.request<SessionList>("sessions.list", params);
  return sessions.find((row) => row.key === key);
}

/**
 * The newest messages, as many as the gateway gives at once; undefined when there is no such session. Short names of
 * sessions, which the gateway would complete, are no ids.
 */
export async function readHistory(link: Asking, sessionKey: string): Promise<History | undefined> {
  if (!/^agent:[^:]+:./.test(sessionKey)) return undefined;
  const history = await link.request<History>("chat.history", { sessionKey, limit: 1000 });
  return history.sessionId === undefined ? undefined : history;
}

export function readCommands(link: Asking): Promise<CommandList> {
  return link.request<CommandList>("commands.list", {});
}
