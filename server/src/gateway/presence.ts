// Who is here: one entry for the gateway itself and one per client that is not a mere command line, with a version
// that grows at each change so that clients can ignore stale lists.
import { limits } from "./settings.ts";

/** Source: PresenceEntry of protocol v3. */
export interface PresenceEntry {
  readonly host?: string;
  readonly ip?: string;
  readonly version?: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
  readonly modelIdentifier?: string;
  readonly mode?: string;
  readonly reason?: string;
  readonly text?: string;
  /** Unix ms. */
  readonly ts: number;
  readonly deviceId?: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  readonly instanceId?: string;
}

export class Presence {
  readonly #entries = new Map<string, PresenceEntry>();
  readonly #self: PresenceEntry;
  #version = 1;
  #json: string | undefined;
  #jsonAt = 0;

  constructor(version: string) {
    this.#self = {
      host: process.env.HOSTNAME || "homarus",
      version,
      platform: process.platform,
      deviceFamily: process.platform,
      modelIdentifier: process.arch,
      mode: "gateway",
      reason: "self",
      text: `Gateway: ${process.env.HOSTNAME || "homarus"} · app ${version} · mode gateway · reason self`,
      ts: 0,
    };
  }

  get version(): number {
    return this.#version;
  }

  /** Puts an entry first, in the place of an older one of the same key. */
  set(key: string, entry: PresenceEntry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= limits.presenceEntries && !oldest.done) this.#entries.delete(oldest.value);
    this.#changed();
  }

  /** Marks an entry as gone; false when there was none. */
  gone(key: string, at: number): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.set(key, { ...entry, reason: "disconnect", ts: at });
    return true;
  }

  /** All entries as a JSON array, newest first after the gateway's own. */
  json(now: number): string {
    if (this.#json !== undefined && now - this.#jsonAt < 1000) return this.#json;
    for (const [key, entry] of this.#entries) {
      if (entry.reason === "disconnect" && now - entry.ts > limits.presenceMs) this.#entries.delete(key);
    }
    this.#json = JSON.stringify([{ ...this.#self, ts: now }, ...[...this.#entries.values()].reverse()]);
    this.#jsonAt = now;
    return this.#json;
  }

  #changed(): void {
    this.#version += 1;
    this.#json = undefined;
  }
}
