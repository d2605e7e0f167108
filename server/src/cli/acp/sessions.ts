// The sessions of one editor: opened, taken up again, listed, closed and deleted. An editor's session id is the house's
// session key, so that it means the same after a restart and in another editor.
import { isAbsolute } from "node:path";
import {
  type ListSessionsRequest,
  type ListSessionsResponse,
  RequestError,
  type SessionInfo,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import { wrong } from "./errors.ts";
import { replay } from "./history.ts";
import type { Link } from "./link.ts";
import { OpenSession } from "./open-session.ts";
import { readAgent, readHistory, readModels, readSession } from "./reading.ts";
import { settingsOf } from "./settings.ts";
import type { SessionList, SessionRow, WireMessage } from "./wire.ts";

export interface SessionsParts {
  readonly link: Link;
  readonly tell: (sessionId: string, update: SessionUpdate) => void;
  readonly log: (text: string) => void;
  /** `--agent`. */
  readonly agentId: string | undefined;
  /** `--session`: each new session is this one. */
  readonly attached: string | undefined;
}

const pageRows = 50;

export class Sessions {
  readonly #parts: SessionsParts;
  readonly #open = new Map<string, OpenSession>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  async create(cwd: string): Promise<OpenSession> {
    mustBeAbsolute(cwd);
    const { link, agentId, attached } = this.#parts;
    const agent = await readAgent(link, agentId ?? agentIn(attached));
    const name = attached?.trim() || `acp:${crypto.randomUUID()}`;
    return this.#opened(name.startsWith("agent:") ? name : `agent:${agent.id}:${name}`, cwd);
  }

  /** Without `isReplayed` it opens silently. Rejects for a session that the house does not know. */
  async take(sessionId: string, cwd: string, { isReplayed }: { readonly isReplayed: boolean }): Promise<OpenSession> {
    mustBeAbsolute(cwd);
    const history = await readHistory(this.#parts.link, sessionId);
    if (!history && !this.#open.has(sessionId)) throw RequestError.sessionNotFound(sessionId);
    const session = await this.#opened(sessionId, cwd);
    const { workspace } = session.facts;
    const updates = isReplayed ? replay(history?.messages ?? [], { sessionId, workspace }) : [];
    for (const update of updates) session.tell(update);
    return session;
  }

  find(sessionId: string): OpenSession {
    const session = this.#open.get(sessionId);
    if (!session) throw RequestError.sessionNotFound(sessionId);
    return session;
  }

  withKey(key: string): OpenSession | undefined {
    return this.#open.get(key);
  }

  all(): OpenSession[] {
    return [...this.#open.values()];
  }

  /**
   * A folder finds the sessions that began in an editor: the house keeps no folder with them, so each may go on in
   * each. Without one, all of the agent's are listed, as conversations of its workspace.
   */
  async list({ cwd, cursor }: ListSessionsRequest): Promise<ListSessionsResponse> {
    const from = offsetIn(cursor);
    const agent = await readAgent(this.#parts.link, this.#parts.agentId);
    const { sessions } = await this.#parts.link.request<SessionList>("sessions.list", {
      ...{ agentId: agent.id, includeDerivedTitles: true, limit: from + pageRows + 1 },
      ...(cwd ? { search: ":acp:" } : {}),
    });
    const fallback = agent.workspace ?? process.cwd();
    const infos = sessions
      .slice(from, from + pageRows)
      .map((row) => infoOf(row, this.#open.get(row.key)?.cwd ?? cwd ?? fallback))
      .filter((info) => !cwd || info.cwd === cwd);
    const isMore = sessions.length > from + pageRows;
    return { sessions: infos, ...(isMore ? { nextCursor: `from-${from + pageRows}` } : {}) };
  }

  async close(sessionId: string): Promise<void> {
    const session = this.find(sessionId);
    await session.cancel();
    this.#open.delete(sessionId);
  }

  /** Only what began in an editor can be deleted from one. What is gone already is no error. */
  async remove(sessionId: string): Promise<void> {
    if (!/^agent:[^:]+:acp:/.test(sessionId)) {
      throw wrong(
        `The session ${sessionId} did not begin in an editor. Delete it with \`homarus sessions delete ${sessionId}\`.`,
      );
    }
    await this.#open.get(sessionId)?.cancel();
    await this.#parts.link.request("sessions.delete", { key: sessionId });
    this.#open.delete(sessionId);
  }

  /** Tells the editor what a turn, or somebody else meanwhile, has changed about the session. */
  async refresh(session: OpenSession, last: WireMessage | undefined): Promise<void> {
    await session.stored;
    const { key, agentId } = session.facts;
    const row = await readSession(this.#parts.link, key);
    const used = last?.usage?.totalTokens;
    if (used && row?.contextTokens) session.tell({ sessionUpdate: "usage_update", used, size: row.contextTokens });
    if (row?.derivedTitle && row.derivedTitle !== session.title) {
      session.title = row.derivedTitle;
      session.tell({ sessionUpdate: "session_info_update", ...titleAndTime(row) });
    }
    const agent = row?.model ? undefined : await readAgent(this.#parts.link, agentId);
    const settings = settingsOf(row, agent?.model?.primary);
    if (settings.model === session.settings.model && settings.thinking === session.settings.thinking) return;
    session.settings = settings;
    session.tell({ sessionUpdate: "config_option_update", configOptions: session.offer.configOptions });
    session.tell({ sessionUpdate: "current_mode_update", currentModeId: settings.thinking });
  }

  async #opened(id: string, cwd: string): Promise<OpenSession> {
    const { link, tell, log } = this.#parts;
    const [agent, models, row] = await Promise.all([
      readAgent(link, agentIn(id)),
      readModels(link),
      readSession(link, id),
    ]);
    const settings = settingsOf(row, agent.model?.primary);
    const known = this.#open.get(id);
    if (known) {
      Object.assign(known, { cwd, models, settings });
      return known;
    }
    const session = new OpenSession(
      { id, key: id, agentId: agent.id, workspace: agent.workspace },
      { link, log, tell: (update) => tell(id, update) },
      { cwd, settings, models, title: row?.derivedTitle },
    );
    this.#open.set(id, session);
    return session;
  }
}

function mustBeAbsolute(cwd: string): void {
  if (!isAbsolute(cwd)) throw wrong(`cwd must be an absolute path, not "${cwd}".`);
}

function agentIn(key: string | undefined): string | undefined {
  return /^agent:([^:]+):/.exec(key ?? "")?.[1];
}

function infoOf(row: SessionRow, cwd: string): SessionInfo {
  return { sessionId: row.key, cwd, ...titleAndTime(row) };
}

function titleAndTime(row: SessionRow): { title?: string; updatedAt?: string } {
  return {
    ...(row.derivedTitle ? { title: row.derivedTitle } : {}),
    ...(row.updatedAt ? { updatedAt: new Date(row.updatedAt).toISOString() } : {}),
  };
}

function offsetIn(cursor: string | null | undefined): number {
  if (!cursor) return 0;
  const from = Number(/^from-(\d{1,9})$/.exec(cursor)?.[1]);
  if (Number.isNaN(from)) throw wrong("This cursor is not one that session/list gave.");
  return from;
}
