// Tools to ask an agent, to look into sessions and to speak into them.
import { invalid } from "../refusal.ts";
import { ask } from "./ask.ts";
import { type TableMessage, toldMessage } from "./history.ts";
import * as shapes from "./own-shapes.ts";
import { call, keyOf, type OwnTool, own } from "./own-tool.ts";

interface SessionRow {
  readonly key: string;
  readonly derivedTitle?: string;
  readonly updatedAt: number;
  readonly modelProvider: string | null;
  readonly model: string | null;
  readonly hasActiveRun: boolean;
}

function toldSession({ key, derivedTitle, updatedAt, modelProvider, model, hasActiveRun }: SessionRow) {
  return {
    session: key,
    ...(derivedTitle === undefined ? {} : { title: derivedTitle }),
    updated: new Date(updatedAt).toISOString(),
    ...(model === null ? {} : { model: [modelProvider, model].filter(Boolean).join("/") }),
    is_running: hasActiveRun,
  };
}

export const conversations: readonly OwnTool[] = [
  own(
    {
      ...{ name: "agent_ask", title: "Ask the agent", method: "agent", does: "add", isOpenWorld: true },
      description:
        "Asks the agent of this house and waits for its answer. It has its own tools, memory and skills. Go on in the same conversation with the `session` of an earlier answer.",
    },
    [shapes.askInput, shapes.askOutput],
    (input, use) => ask(input, use),
  ),
  own(
    {
      ...{ name: "sessions_list", title: "List sessions", method: "sessions.list", does: "read" },
      description: "Lists the conversations of this house, the newest first.",
    },
    [shapes.listInput, shapes.listOutput],
    async ({ search, agent, limit = 50, offset }, use) => {
      const wish = { search, agentId: agent, limit, offset, includeDerivedTitles: true };
      const found = await call<{ sessions: SessionRow[]; totalCount: number; hasMore: boolean }>(
        use,
        "sessions.list",
        wish,
      );
      return { sessions: found.sessions.map(toldSession), total: found.totalCount, has_more: found.hasMore };
    },
  ),
  own(
    {
      ...{ name: "sessions_history", title: "Read a session", method: "chat.history", does: "read" },
      description: "Gives the newest messages of a conversation, oldest first.",
    },
    [shapes.historyInput, shapes.historyOutput],
    async ({ session, limit = 50, max_chars: maxChars = 4_000 }, use) => {
      const key = keyOf(use, session);
      const found = await call<{ sessionId?: string; messages: TableMessage[] }>(use, "chat.history", {
        sessionKey: key,
        limit,
        maxChars,
      });
      if (found.sessionId === undefined) throw invalid(`there is no session ${session}; sessions_list shows them`);
      return { session: key, messages: found.messages.map(toldMessage) };
    },
  ),
  own(
    {
      ...{ name: "sessions_send", title: "Speak into a session", method: "sessions.send", does: "add" },
      description:
        "Says something in a conversation that exists, and does not wait for the answer. A run that goes on there hears it.",
      isOpenWorld: true,
    },
    [shapes.sendInput, shapes.sendOutput],
    async ({ session, message }, use) => {
      const sent = await call<{ key: string; runId: string; status: string }>(use, "sessions.send", {
        key: keyOf(use, session),
        message,
      });
      return { session: sent.key, run: sent.runId, status: sent.status };
    },
  ),
  own(
    {
      ...{ name: "sessions_search", title: "Search all sessions", method: "sessions.search", does: "read" },
      description: "Finds messages in all conversations of this house by their words, the best first.",
    },
    [shapes.searchInput, shapes.searchOutput],
    async ({ query, agent, limit = 20 }, use) => {
      const found = await call<{ results: Hit[]; truncated?: boolean }>(use, "sessions.search", {
        query,
        agentId: agent,
        limit,
      });
      return { results: found.results.map(toldHit), has_more: found.truncated === true };
    },
  ),
];

interface Hit {
  readonly sessionKey: string;
  readonly role: string;
  readonly timestamp: number;
  readonly snippet: string;
}

function toldHit({ sessionKey, role, timestamp, snippet }: Hit) {
  const time = new Date(timestamp).toISOString();
  return { session: sessionKey, role: role === "user" ? "user" : "agent", time, text: snippet };
}
