// Who is in by which key. When a key ends or is taken back, those who came in by it are sent away at that moment. The
// clock is asked only while somebody is in by a key that has an end.
import { type Clock, isFault, type Log } from "@homarus/sdk";
import type { AccessKeys } from "./handshake/keys.ts";
import type { Socket } from "./house.ts";
import { closeCodes } from "./settings.ts";

/** Of a member of the audience, what counts here. */
export interface Keyed {
  readonly socket: Pick<Socket, "close">;
  /** The key that it came in by; absent for every other login. */
  readonly keyId?: string | undefined;
}

interface Inside {
  readonly members: Set<Keyed>;
  readonly wait: AbortController;
}

export class KeyWatch {
  readonly #keys: AccessKeys;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #inside = new Map<string, Inside>();

  constructor(keys: AccessKeys, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#keys = keys;
    this.#clock = clock;
    this.#log = log;
    keys.onChange = () => this.#look();
  }

  joined(member: Keyed): void {
    const { keyId } = member;
    if (keyId === undefined) return;
    const known = this.#inside.get(keyId);
    const inside = known ?? { members: new Set(), wait: new AbortController() };
    inside.members.add(member);
    this.#inside.set(keyId, inside);
    // It may have been taken back while the login was looked at.
    if (this.#keys.standing(keyId) === undefined) this.#sendAway(keyId);
    else if (!known) this.#wait(keyId, inside.wait.signal);
  }

  left(member: Keyed): void {
    const { keyId } = member;
    const inside = keyId === undefined ? undefined : this.#inside.get(keyId);
    if (keyId === undefined || !inside?.members.delete(member) || inside.members.size > 0) return;
    inside.wait.abort();
    this.#inside.delete(keyId);
  }

  #wait(keyId: string, signal: AbortSignal): void {
    this.#untilOver(keyId, signal).catch((error: unknown) => {
      // Its last member has gone.
      if (isFault(error) && error.kind === "aborted") return;
      this.#log.error("gateway.key-watch-failed", { error });
      this.#sendAway(keyId);
    });
  }

  /** A sleep may be shorter than what was asked for: a timer holds some weeks. */
  async #untilOver(keyId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = this.#keys.standing(keyId);
      if (key === undefined) return this.#sendAway(keyId);
      if (key.endsAt === undefined) return;
      await this.#clock.sleep(key.endsAt, signal);
    }
  }

  #look(): void {
    for (const keyId of [...this.#inside.keys()]) if (this.#keys.standing(keyId) === undefined) this.#sendAway(keyId);
  }

  #sendAway(keyId: string): void {
    const inside = this.#inside.get(keyId);
    if (!inside) return;
    inside.wait.abort();
    this.#inside.delete(keyId);
    for (const { socket } of inside.members) socket.close(closeCodes.policy, "the key is over: make another");
  }
}
