// What changes in the house, as clients of this door are told: once for many changes, and only while somebody listens.
import type { HouseEvent, RunEvent } from "@homarus/sdk";
import type { ServerEvent, ServerEventBus } from "@modelcontextprotocol/server";
import type { Door } from "../door.ts";
import { sessionUris, uriOf } from "./uri.ts";

type Listener = (event: ServerEvent) => void;

/** Ms in which changes are gathered. */
const gatherMs = 250;
/** New sessions that are remembered as told. */
const rememberedKeys = 1_000;

export class Changes implements ServerEventBus {
  readonly #door: Door;
  readonly #listeners = new Set<Listener>();
  readonly #sessions = new Set<string>();
  /** Sessions made since somebody listens, as far as they were told. */
  readonly #made = new Set<string>();
  /** When each text of a workspace was written, as far as it was looked at. */
  readonly #written = new Map<string, number>();
  #unwatch: (() => void) | undefined;
  #since = 0;
  #due: ReturnType<typeof setTimeout> | undefined;
  #isList = false;
  #isConfig = false;
  #isRunOver = false;

  constructor(door: Door) {
    this.#door = door;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (!this.#unwatch) this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  }

  publish(event: ServerEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #begin(): void {
    this.#since = this.#door.clock.now();
    this.#unwatch = this.#door.house.watch((event) => this.#heard(event));
    this.#look().catch((error: unknown) => this.#failed(error));
  }

  #end(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    clearTimeout(this.#due);
    this.#due = undefined;
    for (const kept of [this.#sessions, this.#made, this.#written]) kept.clear();
  }

  /** Must be quick: it stands in the way of the house's own work. */
  #heard(event: RunEvent | HouseEvent): void {
    if ("runId" in event) {
      if (event.type !== "step-end" && event.type !== "tool-end" && event.type !== "run-end") return;
      this.#sessions.add(event.sessionKey);
      if (event.type === "run-end") this.#isRunOver = true;
    } else if (event.type === "session-changed") {
      const { key, createdAt } = event.session;
      this.#sessions.add(key);
      if (createdAt >= this.#since && !this.#made.has(key)) this.#isList = true;
      if (createdAt >= this.#since) this.#remember(key);
    } else if (event.type === "session-removed") {
      this.#made.delete(event.key);
      this.#isList = true;
    } else if (event.type === "config-changed") {
      this.#isConfig = true;
    } else return;
    this.#due ??= setTimeout(() => this.#tell(), gatherMs);
  }

  #remember(key: string): void {
    this.#made.add(key);
    const [oldest] = this.#made;
    if (this.#made.size > rememberedKeys && oldest !== undefined) this.#made.delete(oldest);
  }

  #tell(): void {
    this.#due = undefined;
    if (this.#isConfig) {
      this.publish({ kind: "resource_updated", uri: uriOf({ type: "config" }) });
      this.publish({ kind: "tools_list_changed" });
      this.publish({ kind: "prompts_list_changed" });
    }
    if (this.#isConfig || this.#isList) this.publish({ kind: "resources_list_changed" });
    for (const key of this.#sessions)
      for (const uri of sessionUris(key)) this.publish({ kind: "resource_updated", uri });
    if (this.#isRunOver) this.#look().catch((error: unknown) => this.#failed(error));
    this.#sessions.clear();
    this.#isConfig = this.#isList = this.#isRunOver = false;
  }

  /** Nobody tells when a file is written; most are by an agent, so they are looked at when a run has ended. */
  async #look(): Promise<void> {
    for (const { id: agent } of this.#door.house.agents()) {
      for (const { name, updatedAt = 0 } of await this.#door.house.workspace.list(agent)) {
        const uri = uriOf({ type: "workspace", agent, name });
        const before = this.#written.get(uri);
        this.#written.set(uri, updatedAt);
        if (before !== undefined && before !== updatedAt) this.publish({ kind: "resource_updated", uri });
        if (before !== undefined && (before === 0) !== (updatedAt === 0))
          this.publish({ kind: "resources_list_changed" });
      }
    }
  }

  #failed(error: unknown): void {
    this.#door.house.log.warn("mcp.look-failed", { error });
  }
}
