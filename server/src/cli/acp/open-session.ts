// A session that the editor has open: its turns, the runs it watches, and what is set about it.
import type { SessionUpdate, StopReason } from "@agentclientprotocol/sdk";
import type { Link } from "./link.ts";
import { type Offer, offerOf, type Settings } from "./settings.ts";
import { Turn, type TurnParts } from "./turn.ts";
import { RunView } from "./updates.ts";
import type { AgentEvent, ModelList, WireMessage } from "./wire.ts";

export interface SessionFacts {
  /** As the editor knows it. */
  readonly id: string;
  /** As the house knows it. */
  readonly key: string;
  readonly agentId: string;
  readonly workspace: string | undefined;
}

export interface SessionParts {
  readonly link: Link;
  readonly tell: (update: SessionUpdate) => void;
  readonly log: (text: string) => void;
}

export interface Prompt extends Pick<TurnParts, "params" | "ready"> {
  /** Cancels this prompt alone. */
  readonly signal: AbortSignal;
}

interface Watched {
  readonly view: RunView;
  users: number;
}

export class OpenSession {
  readonly facts: SessionFacts;
  cwd: string;
  settings: Settings;
  models: ModelList["models"];
  /** What the editor was told last of the session. */
  title: string | undefined;
  /** The last change of settings, when it is stored. */
  stored: Promise<void> = Promise.resolve();
  readonly #parts: SessionParts;
  readonly #views = new Map<string, Watched>();
  readonly #turns = new Map<string, { readonly turn: Turn; readonly ended: Promise<unknown> }>();

  constructor(
    facts: SessionFacts,
    parts: SessionParts,
    state: Pick<OpenSession, "cwd" | "settings" | "models" | "title">,
  ) {
    this.facts = facts;
    this.#parts = parts;
    this.cwd = state.cwd;
    this.settings = state.settings;
    this.models = state.models;
    this.title = state.title;
  }

  get offer(): Offer {
    return offerOf(this.settings, this.models);
  }

  tell(update: SessionUpdate): void {
    this.#parts.tell(update);
  }

  /** Resolves with how the turn ended and what the log said last. */
  async prompt({ params, ready, signal }: Prompt): Promise<{
    readonly stopReason: StopReason;
    readonly last: WireMessage | undefined;
  }> {
    const { link, log } = this.#parts;
    const turn = new Turn({
      ...{ link, log, params, ready, sessionKey: this.facts.key },
      watch: (runId) => this.#watch(runId),
      unwatch: (runId) => this.#unwatch(runId),
      tell: (update) => this.tell(update),
    });
    if (signal.aborted) void turn.cancel();
    signal.addEventListener("abort", () => void turn.cancel(), { once: true });
    const ended = turn.run();
    this.#turns.set(turn.runId, { turn, ended });
    try {
      return { stopReason: await ended, last: turn.last };
    } finally {
      this.#turns.delete(turn.runId);
    }
  }

  /** Stops what goes on here; resolves when each turn has ended. */
  async cancel(): Promise<void> {
    const turns = [...this.#turns.values()];
    for (const { turn } of turns) void turn.cancel();
    await Promise.allSettled(turns.map(({ ended }) => ended));
  }

  see(event: AgentEvent): void {
    const { runId, stream, data } = event;
    if (stream === "lifecycle" && data.phase === "start") this.#turns.get(runId)?.turn.began();
    if (stream === "steered") this.#turns.get(data.messageId ?? "")?.turn.joined(runId);
    for (const update of this.#views.get(runId)?.view.see(event) ?? []) this.tell(update);
  }

  /** The id of a call that goes on in a run of this session. */
  openCall(fits: (name: string, args: unknown) => boolean): string | undefined {
    for (const { view } of this.#views.values()) {
      const found = view.openCall(fits);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Sets something, in the house too. A run that goes on has its settings: then the change is stored behind it. */
  async change(settings: Partial<Settings>, patch: Readonly<Record<string, string | null>>): Promise<void> {
    const before = this.settings;
    this.settings = { ...before, ...settings };
    const storing = this.#parts.link.request<unknown>("sessions.patch", { key: this.facts.key, ...patch });
    this.stored = storing.then(
      () => undefined,
      (thrown: unknown) => this.#parts.log(`a setting was not stored: ${(thrown as Error).message}`),
    );
    if (this.#turns.size > 0) return;
    try {
      await storing;
    } catch (thrown) {
      this.settings = before;
      throw thrown;
    }
  }

  #watch(runId: string): RunView {
    const known = this.#views.get(runId);
    if (known) {
      known.users += 1;
      return known.view;
    }
    const isOwn = (messageId: string): boolean => this.#turns.has(messageId);
    const view = new RunView({ runId, workspace: this.facts.workspace, isOwn });
    this.#views.set(runId, { view, users: 1 });
    return view;
  }

  #unwatch(runId: string): void {
    const watched = this.#views.get(runId);
    if (!watched) return;
    watched.users -= 1;
    if (watched.users > 0) return;
    this.#views.delete(runId);
    for (const update of watched.view.end()) this.tell(update);
  }
}
