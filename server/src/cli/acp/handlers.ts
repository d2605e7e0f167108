// What each method of the protocol does, with params that fit its schema. Failures are thrown; serve.ts words them.
import {
  type CancelNotification,
  type InitializeRequest,
  type InitializeResponse,
  type ListSessionsRequest,
  type ListSessionsResponse,
  type LoadSessionRequest,
  type NewSessionRequest,
  type NewSessionResponse,
  PROTOCOL_VERSION,
  type PromptRequest,
  type PromptResponse,
  type ResumeSessionRequest,
  type SetSessionConfigOptionRequest,
  type SetSessionConfigOptionResponse,
  type SetSessionModeRequest,
} from "@agentclientprotocol/sdk";
import { availableCommands, commandNames } from "./commands.ts";
import { wrong } from "./errors.ts";
import type { Link } from "./link.ts";
import type { OpenSession } from "./open-session.ts";
import { type Said, saidIn, surroundingsText } from "./prompt.ts";
import { readCommands } from "./reading.ts";
import type { Sessions } from "./sessions.ts";
import { changeOf, type Offer } from "./settings.ts";

export interface HandlerParts {
  readonly link: Link;
  readonly sessions: Sessions;
  readonly version: string;
  readonly log: (text: string) => void;
}

/** Bytes of a frame that are not the message: ids, keys, what the agent is told of the editor. */
const frameMargin = 16_384;

export class Handlers {
  readonly #parts: HandlerParts;
  #editor: string | undefined;
  #hasNotices = false;
  #commands: ReadonlySet<string> = new Set();

  constructor(parts: HandlerParts) {
    this.#parts = parts;
  }

  initialize({ clientInfo, clientCapabilities }: InitializeRequest): InitializeResponse {
    this.#editor = clientInfo ? [clientInfo.title || clientInfo.name, clientInfo.version].join(" ") : undefined;
    this.#hasNotices = Boolean(clientCapabilities?.session?.notices);
    // Begun early, for the sake of the first session; who asks for that one is told when it fails.
    this.#parts.link.hello().catch(() => undefined);
    return {
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: "homarus", title: "Homarus", version: this.#parts.version },
      // The command line reads the gateway's secret where it is kept: there is nothing to log in to.
      authMethods: [],
      agentCapabilities: {
        loadSession: true,
        promptCapabilities: { image: true, audio: true, embeddedContext: true },
        mcpCapabilities: { http: false, sse: false },
        sessionCapabilities: { list: {}, resume: {}, close: {}, delete: {} },
      },
    };
  }

  async create({ cwd, mcpServers }: NewSessionRequest): Promise<NewSessionResponse> {
    const session = await this.#parts.sessions.create(cwd);
    await this.#introduce(session, mcpServers);
    return { sessionId: session.facts.id, ...session.offer };
  }

  async load({ sessionId, cwd, mcpServers }: LoadSessionRequest): Promise<Offer> {
    const session = await this.#parts.sessions.take(sessionId, cwd, { isReplayed: true });
    await this.#introduce(session, mcpServers);
    return session.offer;
  }

  async resume({ sessionId, cwd, mcpServers }: ResumeSessionRequest): Promise<Offer> {
    const session = await this.#parts.sessions.take(sessionId, cwd, { isReplayed: false });
    await this.#introduce(session, mcpServers);
    return session.offer;
  }

  list(request: ListSessionsRequest): Promise<ListSessionsResponse> {
    return this.#parts.sessions.list(request);
  }

  async close({ sessionId }: { readonly sessionId: string }): Promise<object> {
    await this.#parts.sessions.close(sessionId);
    return {};
  }

  async remove({ sessionId }: { readonly sessionId: string }): Promise<object> {
    await this.#parts.sessions.remove(sessionId);
    return {};
  }

  async setOption(request: SetSessionConfigOptionRequest): Promise<SetSessionConfigOptionResponse> {
    const session = this.#parts.sessions.find(request.sessionId);
    await this.#change(session, request.configId, request.value);
    if (request.configId === "thinking")
      session.tell({ sessionUpdate: "current_mode_update", currentModeId: session.settings.thinking });
    return { configOptions: session.offer.configOptions };
  }

  async setMode({ sessionId, modeId }: SetSessionModeRequest): Promise<object> {
    const session = this.#parts.sessions.find(sessionId);
    await this.#change(session, "thinking", modeId);
    session.tell({ sessionUpdate: "config_option_update", configOptions: session.offer.configOptions });
    return {};
  }

  /** `signal` cancels this prompt alone. */
  async prompt({ sessionId, prompt }: PromptRequest, signal: AbortSignal): Promise<PromptResponse> {
    const { sessions, log } = this.#parts;
    const session = sessions.find(sessionId);
    const said = saidIn(prompt, this.#commands);
    if (said.message === "") throw wrong("The prompt is empty.");
    const { workspace } = session.facts;
    const extraSystemPrompt = surroundingsText({ editor: this.#editor, cwd: session.cwd, workspace });
    const attachments = said.attachments.length > 0 ? { attachments: said.attachments } : {};
    const { stopReason, last } = await session.prompt({
      params: { message: said.message, extraSystemPrompt, ...attachments },
      ready: () => this.#mustFit(said),
      signal,
    });
    try {
      await sessions.refresh(session, last);
    } catch (thrown) {
      // The turn has its end; what could not be read now is read after the next one.
      log(`${sessionId} could not be looked up: ${(thrown as Error).message}`);
    }
    return { stopReason };
  }

  async cancel({ sessionId }: CancelNotification): Promise<void> {
    await this.#parts.sessions.find(sessionId).cancel();
  }

  async #change(session: OpenSession, configId: string, value: unknown): Promise<void> {
    const change = changeOf(session.offer, configId, value);
    if (!change) throw wrong(`There is no option "${configId}" with the value ${JSON.stringify(value)}.`);
    await session.change(change.settings, change.patch);
  }

  /** A frame that is too large would cost the connection. */
  async #mustFit({ message, attachments }: Said): Promise<void> {
    const { policy } = await this.#parts.link.hello();
    const bytes = attachments.reduce(
      (sum, { content }) => sum + content.length,
      Buffer.byteLength(JSON.stringify(message)),
    );
    if (bytes + frameMargin <= policy.maxPayload) return;
    throw wrong(`The prompt is too large: ${bytes} bytes, and the gateway takes ${policy.maxPayload} at once.`);
  }

  async #introduce(session: OpenSession, mcpServers: readonly { readonly name: string }[] | undefined): Promise<void> {
    const listed = await readCommands(this.#parts.link);
    this.#commands = commandNames(listed);
    const commands = availableCommands(listed);
    // A new session is known to the editor by the answer alone, so this has to come behind it.
    setImmediate(() => {
      session.tell({ sessionUpdate: "available_commands_update", availableCommands: commands });
      if (mcpServers && mcpServers.length > 0) this.#tellUnused(session, mcpServers);
    });
  }

  #tellUnused(session: OpenSession, mcpServers: readonly { readonly name: string }[]): void {
    const description = `The agent uses the tools of its house, and not: ${mcpServers.map(({ name }) => name).join(", ")}.`;
    this.#parts.log(description);
    if (!this.#hasNotices) return;
    session.tell({
      sessionUpdate: "notice",
      severity: "info",
      title: "MCP servers of the editor are not used",
      description,
    });
  }
}
